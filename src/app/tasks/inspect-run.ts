// What is in a run: how it was begun, its network, its scores, its files. Reads only, computes nothing.

import { sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { summarize } from "#learning/nn/summary.ts";
import { readSafetensors } from "#learning/formats/safetensors-files.ts";
import { modelFiles, readDescription } from "#learning/train/save.ts";
import { pathIn } from "./evaluation-folder.ts";
import { readRunFacts, readRunRecord, type RunRecord } from "./run-record.ts";
import type { JsonObject } from "./run-folder.ts";

/** A file of a run; `name` is its path within. */
export interface RunFile {
  readonly name: string;
  readonly bytes: number;
}

/** A run in full. */
export interface RunReport {
  readonly record: RunRecord;
  readonly config: JsonObject;
  readonly data: JsonObject | undefined;
  readonly environment: JsonObject | undefined;
  /** The scores at the end; undefined before it. */
  readonly scores: JsonObject | undefined;
  /** Undefined before the first epoch has ended. */
  readonly network: { readonly summary: string; readonly numWeights: number; readonly numLayers: number } | undefined;
  readonly files: readonly RunFile[];
}

/** A run has a folder of checkpoints with a folder each; links could lead deeper. */
const maxDepth = 3;

/**
 * A run in full.
 * @throws file when it is no run; format when it is damaged
 * @example
 * const { config, scores } = await inspectRun("runs/pets");
 */
export async function inspectRun(run: string): Promise<RunReport> {
  const { config, data, environment, evaluation } = await readRunFacts(run);
  const record = await readRunRecord(run);
  return {
    record,
    config,
    data,
    environment,
    scores: evaluation,
    network: record.state === "unfinished" ? undefined : await networkOf(run),
    files: await filesIn(run, "", maxDepth),
  };
}

/** @throws format when the model is damaged */
async function networkOf(run: string): Promise<NonNullable<RunReport["network"]>> {
  const { description, network } = await readDescription(run, {});
  await readSafetensors(pathIn(run, modelFiles.weights)); // a damaged file is an error here, too
  return {
    summary: summarize(description.name, network, undefined).trimEnd(),
    numWeights: network.weights.reduce((total, { shape }) => total + sizeOf(shape), 0),
    numLayers: network.layers.length,
  };
}

async function filesIn(folder: string, prefix: string, depth: number): Promise<RunFile[]> {
  const { files } = platform();
  const found = await Promise.all(
    (await files.list(folder)).map(async ({ name, kind }): Promise<RunFile[]> => {
      const path = pathIn(folder, name);
      if (kind === "folder") return depth === 0 ? [] : filesIn(path, `${prefix}${name}/`, depth - 1);
      return [{ name: `${prefix}${name}`, bytes: (await files.stat(path))?.bytes ?? 0 }];
    }),
  );
  return found.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
