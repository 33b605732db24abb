import type { LearningRateCurve, LearningRatePoint } from "../../learning/train/find-learning-rate.js";
import { type TrainOptions } from "./train-options.js";
export interface FindRateOptions extends Pick<
  TrainOptions,
  | "folder"
  | "validation"
  | "test"
  | "split"
  | "fold"
  | "model"
  | "weights"
  | "imageSize"
  | "batchSize"
  | "augment"
  | "balance"
  | "diskCache"
  | "optimizer"
  | "seed"
  | "onBroken"
  | "signal"
> {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly steps?: number | undefined;
  readonly onStep?: ((point: LearningRatePoint, step: number) => void) | undefined;
}
export declare function findImageLearningRate(options: FindRateOptions): Promise<LearningRateCurve>;
export declare function rateCurveText(curve: LearningRateCurve): string;
export declare function roundedRate(rate: number): number;
