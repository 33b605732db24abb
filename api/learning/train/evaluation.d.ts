export interface ClassReport {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}
export interface ClassificationReport {
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly perClass: readonly ClassReport[];
  readonly confusion: readonly (readonly number[])[];
}
export declare function countConfusion(
  truth: ArrayLike<number>,
  given: ArrayLike<number>,
  numClasses: number,
): number[][];
export declare function classificationReport(
  truth: ArrayLike<number>,
  given: ArrayLike<number>,
  numClasses: number,
): ClassificationReport;
export declare function rocAuc(scores: ArrayLike<number>, isPositive: ArrayLike<number | boolean>): number;
export declare function macroRocAuc(scores: ArrayLike<number>, truth: ArrayLike<number>, numClasses: number): number;
