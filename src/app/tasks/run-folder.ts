// The folder of a run: its name, what lies in it, and writing so that a reader never sees half a file. Knows no model.

import { SinterError } from "#engine/base/error.ts";
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
  /** One line an epoch. */
  history: "history.jsonl",
  /** Scores on the test part. */
  evaluation: "evaluation.json",
  /** Versions, device, threads. */
  environment: "environment.json",
  /** Pictures that could not be read; there only when there are any. */
  broken: "broken.json",
} as const;

/** A run being written. */
export interface RunFolder {
  readonly path: string;
  writeJson(name: string, value: JsonObject): Promise<void>;
  writeText(name: string, text: string): Promise<void>;
  appendLine(name: string, value: JsonObject): Promise<void>;
}

/**
 * Makes the folder of a run.
 * @param out the folder; when left out the first free of runs/train, runs/train-2, …
 * @throws option when `out` is there already
 */
export async function createRunFolder(out: string | undefined): Promise<RunFolder> {
  const { files } = platform();
  const path = out ?? (await firstFreeName());
  await checkIsFree(path);
  await files.makeFolder(path);
  return {
    path,
    writeJson: (name, value) => files.writeAtomically(pathIn(path, name), `${JSON.stringify(value, null, 2)}\n`),
    writeText: (name, text) => files.writeAtomically(pathIn(path, name), text),
    appendLine: (name, value) => files.append(pathIn(path, name), `${JSON.stringify(value)}\n`),
  };
}

/** Fails when something is at the path. @throws option */
export async function checkIsFree(path: string): Promise<void> {
  if ((await platform().files.stat(path)) === undefined) return;
  throw new SinterError("option", `"${path}" is there already, and a run is never overwritten. Choose another --out.`, {
    out: path,
  });
}

async function firstFreeName(): Promise<string> {
  const base = pathIn("runs", "train");
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? base : `${base}-${number}`;
    // oxlint-disable-next-line no-await-in-loop -- the first free one is wanted
    if ((await platform().files.stat(path)) === undefined) return path;
  }
}
