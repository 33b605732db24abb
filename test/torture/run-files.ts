// A tiny training in this process, through file calls that fail as planned; gone on with, it must end as one that met no fault.

import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import "#entry/install-node.ts";
import { resumeImageClassifier, trainImageClassifier, type TrainedRun } from "#app/tasks/image-classification.ts";
import type { TrainEvent } from "#app/tasks/train-options.ts";
import type { ModelBuilder } from "#app/tasks/image-model.ts";
import { messageOf } from "#engine/base/error.ts";
import { installPlatform, platform, type Platform } from "#engine/platform/api.ts";
import { layers } from "#learning/nn/layers.ts";
import { writePictures } from "../e2e/pictures.ts";
import { faultyFiles, type FaultPlan } from "./faulty-calls.ts";

const own: Platform = platform();

/** Dropout and moments, so that a place in the random numbers shows. */
export const tinyModel: ModelBuilder = ({ imageSize }) => [
  layers.flatten({ inputShape: [...imageSize, 3] }),
  layers.dropout({ rate: 0.2 }),
  layers.dense({ units: 1, activation: "sigmoid" }),
];

const settings = { imageSize: 4, batchSize: 4, epochs: 2, checkpointSteps: 1, seed: 3, model: tinyModel } as const;

/** Pictures for the runs. */
export function writeTinyData(folder: string): Promise<void> {
  return writePictures(join(folder, "photos"), ["cold", "warm"], 5);
}

/** Begins a run. */
export function begin(folder: string, name: string, more: object = {}): Promise<TrainedRun> {
  return trainImageClassifier({ ...settings, folder: join(folder, "photos"), out: join(folder, name), ...more });
}

/** Goes on with a run; begins it where there is none. */
export function goOn(folder: string, name: string): Promise<TrainedRun> {
  if (!existsSync(join(folder, name))) return begin(folder, name);
  return resumeImageClassifier(join(folder, name), { loadModel: () => tinyModel });
}

/** All that two runs must have in common. */
export interface RunEnd {
  readonly weights: string;
  /** Of the newest checkpoint. */
  readonly last: string;
  readonly evaluation: string;
  readonly history: readonly object[];
  readonly files: readonly string[];
}

/** How a run ended. */
export async function endOf(folder: string, name: string): Promise<RunEnd> {
  const text = (file: string): Promise<string> => readFile(join(folder, name, file), "base64");
  const history = (await readFile(join(folder, name, "history.jsonl"), "utf8")).trimEnd().split("\n");
  const checkpoints = (await readdir(join(folder, name, "checkpoints"))).toSorted();
  return {
    weights: await text("model.safetensors"),
    last: await text(join("checkpoints", checkpoints.at(-1) ?? "", "model.safetensors")),
    evaluation: await text("evaluation.json"),
    history: history.map((line) => ({ ...(JSON.parse(line) as object), seconds: 0 })),
    // A lock that could not be taken away holds nobody up.
    files: (await readdir(join(folder, name))).filter((file) => file !== ".lock").toSorted(),
  };
}

/** Begins a run with a fault; gives the error, where it failed, and how many calls were made. */
export async function beginWithFault(
  folder: string,
  plan: FaultPlan,
): Promise<{ readonly error: unknown; readonly numCalls: number; readonly warnings: readonly string[] }> {
  await rm(join(folder, "faulty"), { recursive: true, force: true });
  const { files, numCalls } = faultyFiles({ ...plan, within: "faulty" });
  const warnings: string[] = [];
  const onProgress = (event: TrainEvent): void => {
    if (event.kind === "warning") warnings.push(event.message);
  };
  installPlatform({ ...own, files });
  try {
    await begin(folder, "faulty", { onProgress });
    return { error: undefined, numCalls: numCalls(), warnings };
  } catch (error) {
    return { error, numCalls: numCalls(), warnings };
  } finally {
    installPlatform(own);
  }
}

/** A fault at a call is told with a path and a way out, or only warned of, and nothing is lost by it. */
export async function checkFault(
  folder: string,
  whole: RunEnd,
  plan: FaultPlan,
): Promise<"error" | "warning" | "none"> {
  const { error, warnings } = await beginWithFault(folder, plan);
  const where = `${plan.fault} at call ${plan.at}`;
  if (error !== undefined) {
    expect(error, where).toMatchObject({ name: "SinterError" });
    if (plan.fault !== "crash") expect(messageOf(error), where).toMatch(/".+": .+\. /);
    await goOn(folder, "faulty").catch((second: unknown) => {
      throw new Error(`${where}: going on failed: ${String(second)}`);
    });
  }
  // Training goes on without a checkpoint that cannot be written, be it the last.
  const isLastThere = warnings.length === 0 || error !== undefined;
  const end = await endOf(folder, "faulty");
  expect({ ...end, ...(isLastThere ? {} : { last: whole.last }) }, where).toEqual(whole);
  return error === undefined ? (warnings.length > 0 ? "warning" : "none") : "error";
}
