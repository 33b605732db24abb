// Cross-validation: a classifier is trained once for each fold, each time with another part to validate on. Writes a folder
// with a run for each fold and the scores of all.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { trainImageClassifier, type TrainedRun } from "./image-classification.ts";
import { pathIn } from "./evaluation-folder.ts";
import { nameOfRun } from "./event-files.ts";
import { createRunFolder, type JsonObject } from "./run-folder.ts";
import type { Scores } from "./scores.ts";
import type { TrainOptions } from "./train-options.ts";

export interface CrossValidateOptions extends Omit<TrainOptions, "fold" | "validation" | "test" | "split"> {
  /** Trainings, each validated on another part; default 5. */
  readonly folds?: number | undefined;
}

/** A score over the folds. */
export interface FoldScore {
  readonly mean: number;
  /** Of a sample: divided by n - 1. */
  readonly standardDeviation: number;
}

/** The scores that are averaged. */
export type FoldScoreName = (typeof scoreNames)[number];

/** What a cross-validation leaves. */
export interface CrossValidation {
  /** The folder with fold-1, fold-2, … */
  readonly run: string;
  readonly classNames: readonly string[];
  /** Whether the signal ended it; then there are no scores over the folds. */
  readonly isStopped: boolean;
  /** The trainings that were begun. */
  readonly folds: readonly TrainedRun[];
  /** A score that some fold does not have (AUC of a class alone) is left out. */
  readonly scores: Readonly<Partial<Record<FoldScoreName, FoldScore>>> | undefined;
  /** Every picture once, by the model that was not trained on it: `confusion[i][j]` of class i were taken for class j. */
  readonly confusion: readonly (readonly number[])[] | undefined;
}

/** The file beside the folds. */
export const crossValidationFile = "cross-validation.json";
const scoreNames = ["loss", "accuracy", "precision", "recall", "f1", "auc"] as const;

/**
 * Trains once for each fold; folds are stratified by class and seed, and equal files lie in one fold. Each fold's validation
 * part also chooses its epoch, so the scores are a little better than those on new pictures. A test part is never read.
 * @throws option, file, data, memory as `trainImageClassifier`; data when a class has fewer pictures than there are folds
 * @example
 * const { scores } = await crossValidate({ folder: "photos", imageSize: 64, epochs: 5, folds: 5 });
 */
export async function crossValidate(options: CrossValidateOptions): Promise<CrossValidation> {
  const { folds: numFolds = 5, out, ...rest } = options;
  const of = integer("crossValidate", "folds", numFolds, 2);
  const heldOut = ["fold", "validation", "test", "split"].filter((name) => Reflect.get(rest, name) !== undefined);
  if (heldOut.length > 0) {
    throw new SinterError(
      "option",
      `crossValidate: ${heldOut.join(", ")} beside folds. Leave it out: each fold is the validation part once.`,
      { heldOut },
    );
  }
  const folder = await createRunFolder(out, new Map());
  const { tensorBoard } = options;
  // All folds are called fold-1, fold-2, …: those of one cross-validation lie together.
  const logs = typeof tensorBoard === "string" ? pathIn(tensorBoard, nameOfRun(folder.path)) : tensorBoard;
  const folds: TrainedRun[] = [];
  for (let number = 1; number <= of; number += 1) {
    const run = pathIn(folder.path, `fold-${number}`);
    options.onProgress?.({ kind: "fold", fold: number, folds: of, run });
    // oxlint-disable-next-line no-await-in-loop -- a training takes the whole machine
    const trained = await trainImageClassifier({ ...rest, tensorBoard: logs, fold: { number, of }, out: run });
    folds.push(trained);
    if (trained.isStopped) break;
  }
  const { classNames = [] } = folds[0] ?? {};
  const measured = folds.flatMap(({ scores }) => (scores === undefined ? [] : [scores]));
  if (measured.length < of) {
    return { run: folder.path, classNames, isStopped: true, folds, scores: undefined, confusion: undefined };
  }
  const scores = scoresOver(measured);
  const confusion = pooledConfusion(measured);
  await folder.writeJson(crossValidationFile, {
    folds: folds.map(({ run, bestEpoch, scores: own }) => ({ run: nameOfRun(run), bestEpoch, ...numbersOf(own) })),
    scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, { ...score }])),
    confusion: confusion.map((row) => [...row]),
    classNames: [...classNames],
  });
  return { run: folder.path, classNames, isStopped: false, folds, scores, confusion };
}

/** Mean and standard deviation of each score. */
export function scoresOver(folds: readonly Scores[]): Partial<Record<FoldScoreName, FoldScore>> {
  const entries = scoreNames.flatMap((name): [FoldScoreName, FoldScore][] => {
    const values = folds.map((scores) => scores[name]).filter((value) => value !== null);
    return values.length < folds.length ? [] : [[name, spreadOf(values)]];
  });
  return Object.fromEntries(entries);
}

function spreadOf(values: readonly number[]): FoldScore {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** The confusion matrices added up. */
export function pooledConfusion(folds: readonly Scores[]): number[][] {
  const [first] = folds;
  return (first?.confusion ?? []).map((row, truth) =>
    row.map((_, guess) => folds.reduce((sum, { confusion }) => sum + (confusion[truth]?.[guess] ?? 0), 0)),
  );
}

function numbersOf(scores: Scores | undefined): JsonObject {
  return Object.fromEntries(scoreNames.map((name) => [name, scores?.[name]]));
}
