import type { Dataset } from "./dataset.js";
export type Oversample = "balanced";
export declare function classWeights(
  data: Pick<Dataset, "labels"> | ArrayLike<number>,
): Readonly<Record<number, number>>;
export declare function balancedSize(labels: ArrayLike<number>): number;
export interface EpochOrder {
  readonly positions: Int32Array;
  readonly repeats?: Int32Array;
}
export declare function balancedOrder(labels: ArrayLike<number>, seed: number, epoch: number): EpochOrder;
