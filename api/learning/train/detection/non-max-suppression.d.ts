export interface SuppressionOptions {
  readonly labels?: ArrayLike<number>;
  readonly iouThreshold?: number;
  readonly scoreThreshold?: number;
  readonly topK?: number;
  readonly maxDetections?: number;
}
export interface KeptBoxes {
  readonly indices: Int32Array;
  readonly count: number;
}
export declare function nonMaxSuppression(
  boxes: ArrayLike<number> | readonly (readonly number[])[],
  scores: ArrayLike<number>,
  options?: SuppressionOptions,
): KeptBoxes;
