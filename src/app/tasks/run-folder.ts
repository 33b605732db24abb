// The folder of a run: its name, what lies in it, reading it, and writing so that a reader never sees half a file. Knows no
// model.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { pathIn } from "./evaluation-folder.ts";

/** A value that JSON keeps. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
/** Names and values that JSON keeps; what is undefined is left out. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** Files of a run, by what they hold. */
export const runFiles = {
  /** All that is needed to run it again. */
  config: "config.json",
  /** What was trained and measured on: counts and fingerprints of the parts. */
  data: "data.json",
  /** The newest checkpoints and that of the best epoch; each a folder with a manifest. */
  checkpoints: "checkpoints",
  /** The curve of the range test that chose the learning rate; there only when one did. */
  rateCurve: "lr-find.json",
  /** One line an epoch. */
  history: "history.jsonl",
  /** Scores on the test part; written last, so that a run that has it is finished. */
  evaluation: "evaluation.json",
  /** Versions, device, threads. */
  environment: "environment.json",
  /** Pictures that could not be read; there only when there are any. */
  broken: "broken.json",
  /** Event files; there only when they are asked for. */
  tensorBoard: "tensorboard",
} as const;

/** A run being written. */
export interface RunFolder {
  readonly path: string;
  /** A file that was written before; undefined when it is not there. @throws format when it is damaged */
  readJson(name: string): Promise<JsonObject | undefined>;
  writeJson(name: string, value: JsonObject): Promise<void>;
  writeText(name: string, text: string): Promise<void>;
}

/**
 * Makes the folder of a run with its first files, whole or not at all: whoever sees the folder can go on with the run.
 * @param out the folder; when left out the first free of runs/train, runs/train-2, …
 * @param contents texts by their file's name
 * @throws option when `out` is there already; file when the disk is full, read-only or broken
 */
export async function createRunFolder(
  out: string | undefined,
  contents: ReadonlyMap<string, string>,
): Promise<RunFolder> {
  const { files } = platform();
  const path = await freePath(out);
  const { parent, name } = splitPath(path);
  const aside = `${parent}.writing-${name}`;
  try {
    await files.remove(aside);
    await files.makeFolder(aside);
    for (const [file, text] of contents) await files.writeNew(pathIn(aside, file), text);
    await files.syncFolder(aside);
    await files.rename(aside, path);
    await files.syncFolder(parent === "" ? "." : parent);
  } catch (error) {
    // What failed is said; that its remains cannot be taken away either is not.
    await files.remove(aside).catch(() => undefined);
    throw error;
  }
  return runFolderAt(path);
}

/** The folder that a path lies in, with its separator, and the name in it. */
function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const trimmed = path.replace(/[\\/]+$/, "");
  const start = Math.max(trimmed.lastIndexOf("/"), trimmed.lastIndexOf(platform().files.separator)) + 1;
  return { parent: trimmed.slice(0, start), name: trimmed.slice(start) };
}

/** A value as a run keeps it. */
export function jsonText(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * The folder of a run that was begun.
 * @throws file when it is no run
 */
export async function openRunFolder(path: string): Promise<RunFolder> {
  const { files } = platform();
  const config = await files.stat(pathIn(path, runFiles.config));
  if (config?.kind !== "file") {
    const what = (await files.stat(path)) === undefined ? "there is no such folder" : "it has no config.json";
    throw new SinterError("file", `"${path}" is no run: ${what}. Give a folder that sinter train wrote.`, {
      run: path,
    });
  }
  return runFolderAt(path);
}

function runFolderAt(path: string): RunFolder {
  const { files } = platform();
  const at = (name: string): string => pathIn(path, name);
  return {
    path,
    readJson: (name) => readJson(at(name)),
    writeJson: (name, value) => files.writeAtomically(at(name), jsonText(value)),
    writeText: (name, text) => files.writeAtomically(at(name), text),
  };
}

/** An object in a JSON file; undefined when the file is not there. @throws format when it is damaged */
export async function readJson(path: string): Promise<JsonObject | undefined> {
  const { files } = platform();
  if ((await files.stat(path)) === undefined) return undefined;
  const text = new TextDecoder().decode(await files.read(path));
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new SinterError("format", `"${path}" is damaged: ${messageOf(error)}. Begin a new run.`, { path }, error);
  }
  throw new SinterError("format", `"${path}" is damaged: it holds no JSON object. Begin a new run.`, { path });
}

/** Whether a value read from JSON is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fails when something is at the path. @throws option */
export async function checkIsFree(path: string): Promise<void> {
  if ((await platform().files.stat(path)) === undefined) return;
  throw new SinterError("option", `"${path}" is there already, and a run is never overwritten. Choose another --out.`, {
    out: path,
  });
}

/** The path of a new run. @throws option when `out` is there already */
export async function freePath(out: string | undefined): Promise<string> {
  if (out === undefined) return firstFreeName();
  await checkIsFree(out);
  return out;
}

async function firstFreeName(): Promise<string> {
  const base = pathIn("runs", "train");
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    // oxlint-disable-next-line no-await-in-loop -- the first free one is wanted
    if ((await platform().files.stat(path)) === undefined) return path;
  }
}
