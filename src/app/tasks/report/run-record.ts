// What lies in the folder of a run, read back for the report. A file that is missing or damaged is passed over unless
// nothing can be said without it. Writes nothing.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { pathIn } from "../evaluation-folder.ts";
import { readJson, runFiles, type JsonObject, type JsonValue } from "../run-folder.ts";

/** What a training took of its machine; see `ResourceUse`. */
export const resourcesFile = "resources.json";

/** Numbers of one epoch, from history.jsonl; `epoch` counts from 1. */
export interface EpochRecord {
  readonly epoch: number;
  readonly isBest: boolean;
  /** `loss`, `accuracy`, `valLoss`, …, `seconds`. */
  readonly values: Readonly<Record<string, number>>;
}

/** A run as its files tell it. */
export interface RunRecord {
  readonly path: string;
  readonly config: JsonObject;
  readonly environment: JsonObject;
  readonly history: readonly EpochRecord[];
  /** Undefined in a run that was stopped. */
  readonly evaluation: JsonObject | undefined;
  /** data.json: how many pictures each part had, and their fingerprint. */
  readonly data: JsonObject | undefined;
  /** resources.json. */
  readonly resources: JsonObject | undefined;
}

/** Reads a run. @throws file when config.json is not there; format when it is damaged */
export async function readRun(path: string): Promise<RunRecord> {
  const config = await readJson(pathIn(path, runFiles.config));
  if (config === undefined) {
    throw new SinterError(
      "file",
      `"${path}" is no run: it has no config.json. Give a folder that sinter train wrote.`,
      {
        path,
      },
    );
  }
  const [environment, evaluation, data, resources, history] = await Promise.all([
    readJson(pathIn(path, runFiles.environment)),
    readJson(pathIn(path, runFiles.evaluation)),
    readJson(pathIn(path, runFiles.data)),
    readJson(pathIn(path, resourcesFile)),
    readText(path, runFiles.history),
  ]);
  return {
    path,
    config,
    environment: environment ?? {},
    history: historyFrom(history ?? ""),
    evaluation,
    data,
    resources,
  };
}

async function readText(path: string, name: string): Promise<string | undefined> {
  const { files } = platform();
  const file = pathIn(path, name);
  if ((await files.stat(file)) === undefined) return undefined;
  return new TextDecoder().decode(await files.read(file));
}

/** Lines of history.jsonl. A last line that was cut off is left out; of an epoch told twice the later one counts. */
export function historyFrom(text: string): EpochRecord[] {
  const records = new Map<number, EpochRecord>();
  for (const line of text.split("\n")) {
    const record = epochFrom(line);
    if (record !== undefined) records.set(record.epoch, record);
  }
  return [...records.values()].toSorted((a, b) => a.epoch - b.epoch);
}

function epochFrom(line: string): EpochRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return undefined;
    const epoch = numberIn(value, "epoch");
    if (epoch === undefined) return undefined;
    const values = Object.entries(value).flatMap(([name, entry]): [string, number][] =>
      typeof entry === "number" && name !== "epoch" ? [[name, entry]] : [],
    );
    return { epoch, isBest: value["isBest"] === true, values: Object.fromEntries(values) };
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with names. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A finite number by name. */
export function numberIn(value: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const found = value[name];
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** A text by name. */
export function textIn(value: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const found = value[name];
  return typeof found === "string" ? found : undefined;
}

/** A JSON value in one line, as a table shows it. */
export function jsonText(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
