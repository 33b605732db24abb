export interface LabelledLogits {
  readonly activation: "sigmoid" | "softmax";
  readonly logits: ArrayLike<number>;
  readonly numColumns: number;
  readonly labels: ArrayLike<number>;
}
export declare const calibrationBins = 15;
export declare function fitTemperature(data: LabelledLogits): number;
export declare function probabilitiesAt(
  { activation, logits, numColumns }: LabelledLogits,
  temperature: number,
): Float64Array;
export declare function negativeLogLikelihood(data: LabelledLogits, temperature: number): number;
export type ThresholdGoal = "f1" | "youden";
export declare function chooseThreshold(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  goal: ThresholdGoal,
): {
  readonly threshold: number;
  readonly value: number;
};
export declare function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  {
    numColumns,
    numBins,
  }?: {
    readonly numColumns?: number;
    readonly numBins?: number;
  },
): number;
