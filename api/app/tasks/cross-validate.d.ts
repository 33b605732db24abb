import { type TrainedRun } from "./image-classification.js";
import type { Scores } from "./scores.js";
import type { TrainOptions } from "./train-options.js";
export interface CrossValidateOptions extends Omit<TrainOptions, "fold" | "validation" | "test" | "split"> {
  readonly folds?: number | undefined;
}
export interface FoldScore {
  readonly mean: number;
  readonly standardDeviation: number;
}
export type FoldScoreName = (typeof scoreNames)[number];
export interface CrossValidation {
  readonly run: string;
  readonly classNames: readonly string[];
  readonly isStopped: boolean;
  readonly folds: readonly TrainedRun[];
  readonly scores: Readonly<Partial<Record<FoldScoreName, FoldScore>>> | undefined;
  readonly confusion: readonly (readonly number[])[] | undefined;
}
export declare const crossValidationFile = "cross-validation.json";
declare const scoreNames: readonly ["loss", "accuracy", "precision", "recall", "f1", "auc"];
export declare function crossValidate(options: CrossValidateOptions): Promise<CrossValidation>;
export declare function scoresOver(folds: readonly Scores[]): Partial<Record<FoldScoreName, FoldScore>>;
export declare function pooledConfusion(folds: readonly Scores[]): number[][];
export {};
