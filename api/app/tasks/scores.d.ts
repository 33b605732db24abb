import { type ClassReport } from "../../learning/train/evaluation.js";
export interface ClassScores extends ClassReport {
  readonly name: string;
  readonly auc: number | null;
}
export interface Scores {
  readonly numSamples: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly auc: number | null;
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassScores[];
}
export declare function scoresOf(
  probabilities: readonly ArrayLike<number>[],
  labels: readonly number[],
  classNames: readonly string[],
  threshold?: number,
): Scores;
export declare function answerOf(probabilities: ArrayLike<number>, threshold: number | undefined): number;
export declare function mostProbable(probabilities: ArrayLike<number>): number;
