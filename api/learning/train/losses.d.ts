import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Logits } from "../nn/layer.js";
export declare const lossNames: readonly [
  "meanSquaredError",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
  "meanSquaredLogarithmicError",
  "huber",
  "logCosh",
  "cosineSimilarity",
  "poisson",
  "klDivergence",
  "hinge",
  "squaredHinge",
  "categoricalHinge",
  "binaryCrossentropy",
  "binaryFocalCrossentropy",
  "categoricalCrossentropy",
  "categoricalFocalCrossentropy",
  "categoricalGeneralizedCrossEntropy",
  "sparseCategoricalCrossentropy",
  "ctc",
  "dice",
  "tversky",
  "circle",
  "triplet",
  "contrastive",
];
export type LossName = (typeof lossNames)[number];
export type Reduction = "sumOverBatchSize" | "mean" | "sum" | "meanWithSampleWeight";
export interface Loss {
  readonly kind: LossName;
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly reduction?: Reduction;
  readonly delta?: number;
  readonly gamma?: number;
  readonly alpha?: number | readonly number[];
  readonly beta?: number;
  readonly applyClassBalancing?: boolean;
  readonly ignoreClass?: number | null;
  readonly axis?: number | readonly number[] | null;
  readonly q?: number;
  readonly margin?: number;
  readonly removeDiagonal?: boolean;
  readonly distanceMetric?: DistanceMetric;
  readonly mining?: "semiHard" | "all";
}
export type DistanceMetric = "L2" | "squaredL2" | "angular";
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
  readonly mask?: Tensor | undefined;
}
export interface ReductionOptions {
  readonly reduction?: Reduction;
}
export interface CrossentropyOptions extends ReductionOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}
export interface FocalOptions extends CrossentropyOptions {
  readonly gamma?: number;
  readonly alpha?: number;
}
export interface SparseOptions extends ReductionOptions {
  readonly fromLogits?: boolean;
  readonly ignoreClass?: number | null;
}
export interface OverlapOptions extends ReductionOptions {
  readonly axis?: number | readonly number[] | null;
}
export interface MarginOptions extends ReductionOptions {
  readonly margin?: number;
}
export declare const losses: {
  meanSquaredError(options?: ReductionOptions): Loss;
  meanAbsoluteError(options?: ReductionOptions): Loss;
  meanAbsolutePercentageError(options?: ReductionOptions): Loss;
  meanSquaredLogarithmicError(options?: ReductionOptions): Loss;
  huber(
    options?: ReductionOptions & {
      readonly delta?: number;
    },
  ): Loss;
  logCosh(options?: ReductionOptions): Loss;
  cosineSimilarity(
    options?: ReductionOptions & {
      readonly axis?: number;
    },
  ): Loss;
  poisson(options?: ReductionOptions): Loss;
  klDivergence(options?: ReductionOptions): Loss;
  hinge(options?: ReductionOptions): Loss;
  squaredHinge(options?: ReductionOptions): Loss;
  categoricalHinge(options?: ReductionOptions): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  binaryFocalCrossentropy(
    options?: FocalOptions & {
      readonly applyClassBalancing?: boolean;
    },
  ): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalFocalCrossentropy(
    options?: Omit<FocalOptions, "alpha"> & {
      readonly alpha?: number | readonly number[];
    },
  ): Loss;
  categoricalGeneralizedCrossEntropy(
    options?: ReductionOptions & {
      readonly q?: number;
    },
  ): Loss;
  sparseCategoricalCrossentropy(options?: SparseOptions): Loss;
  ctc(options?: ReductionOptions): Loss;
  dice(options?: OverlapOptions): Loss;
  tversky(
    options?: OverlapOptions & {
      readonly alpha?: number;
      readonly beta?: number;
    },
  ): Loss;
  circle(
    options?: MarginOptions & {
      readonly gamma?: number;
      readonly removeDiagonal?: boolean;
    },
  ): Loss;
  triplet(
    options?: MarginOptions & {
      readonly distanceMetric?: DistanceMetric;
      readonly mining?: "semiHard" | "all";
    },
  ): Loss;
  contrastive(options?: MarginOptions): Loss;
};
export declare function checkLoss(value: LossName | Loss): Loss;
export declare function lossFromConfig({ kind, options }: { readonly kind: string; readonly options: object }): Loss;
