// What lies in the folder of a run, as the report tells it. Writes nothing.

import { pathIn } from "../evaluation-folder.ts";
import type { JsonObject } from "../run-folder.ts";
import { runFiles } from "../run-folder.ts";
import { numberIn } from "../json-fields.ts";
import { readJsonObject, readRunFacts, type RunFacts } from "../run-record.ts";

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
export interface RunRecord extends Pick<RunFacts, "config" | "data" | "evaluation"> {
  readonly path: string;
  readonly environment: JsonObject;
  readonly history: readonly EpochRecord[];
  /** resources.json. */
  readonly resources: JsonObject | undefined;
  /** lr-find.json: the curve of the range test that chose the learning rate, if one did. */
  readonly rateCurve: JsonObject | undefined;
}

/** Reads a run. @throws file when config.json is not there; format when a file is damaged */
export async function readRun(path: string): Promise<RunRecord> {
  const { environment = {}, history, ...facts } = await readRunFacts(path);
  const [resources, rateCurve] = await Promise.all(
    [resourcesFile, runFiles.rateCurve].map((name) => readJsonObject(pathIn(path, name))),
  );
  return { ...facts, path, environment, history: epochsFrom(history), resources, rateCurve };
}

/** Epochs of a history's lines, in order; of one told twice the later counts. */
export function epochsFrom(lines: readonly JsonObject[]): EpochRecord[] {
  const records = new Map<number, EpochRecord>();
  for (const { epoch, isBest, ...others } of lines) {
    if (typeof epoch !== "number") continue;
    const numbers = Object.keys(others).map((name) => [name, numberIn(others, name)] as const);
    const values = Object.fromEntries(numbers.filter((one): one is [string, number] => one[1] !== undefined));
    records.set(epoch, { epoch, isBest: isBest === true, values });
  }
  return [...records.values()].toSorted((a, b) => a.epoch - b.epoch);
}
