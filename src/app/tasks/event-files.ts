// Where a run's event files for TensorBoard lie, and the callback that writes them.

import type { Callback } from "#learning/train/callbacks/callback.ts";
import { tensorBoard } from "#learning/train/callbacks/tensor-board.ts";
import { pathIn } from "./evaluation-folder.ts";
import { nameOfModel } from "./image-model.ts";
import { runFiles } from "./run-folder.ts";
import type { TrainPlan } from "./train-options.ts";

/** The callback that writes event files, where the plan asks for them. */
export function eventFiles(plan: TrainPlan, run: string): Callback[] {
  const { tensorBoard: wished, optimizer, learningRate, batchSize, imageSize, epochs, balance = "none" } = plan;
  if (wished === undefined) return [];
  const logDir = wished === true ? pathIn(run, runFiles.tensorBoard) : pathIn(wished, nameOfRun(run));
  const hyperparameters = {
    model: nameOfModel(plan.model),
    optimizer,
    learningRate,
    batchSize,
    imageSize: imageSize.join("x"),
    epochs,
    balance,
    augment: plan.augment !== undefined,
  };
  return [tensorBoard({ logDir, histogramFreq: 1, hyperparameters })];
}

/** The folder may be moved: only the name within it is kept. */
export function nameOfRun(run: string): string {
  return run.split(/[\\/]/).findLast((part) => part !== "") ?? run;
}
