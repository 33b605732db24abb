export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}
export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}
export declare function rocCurve(scores: readonly number[], isPositive: readonly boolean[]): RocPoint[];
export declare function precisionRecallCurve(
  scores: readonly number[],
  isPositive: readonly boolean[],
): PrecisionRecallPoint[];
export declare function averagePrecision(curve: readonly PrecisionRecallPoint[]): number;
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly numSamples: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
}
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  readonly expectedCalibrationError: number;
}
export declare function calibrationOf(
  confidences: readonly number[],
  isRight: readonly boolean[],
  numBins?: number,
): Calibration;
export declare function thinned<Point>(points: readonly Point[], maxPoints: number): readonly Point[];
