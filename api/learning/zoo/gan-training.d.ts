import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Model } from "../train/model.js";
export interface GanOptions {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly loss?: "crossentropy" | "wasserstein";
  readonly penalty?: number;
  readonly discriminatorSteps?: number;
  readonly optimizer?: Optimizer;
  readonly seed?: number;
}
export interface GanLosses {
  readonly generator: Tensor | undefined;
  readonly discriminator: Tensor;
}
export declare function ganTraining(options: GanOptions): GanTraining;
export declare class GanTraining {
  #private;
  constructor(options: GanOptions);
  step(real: Tensor): GanLosses;
  finish(): void;
}
export declare function gradientPenalty(
  critic: (x: Tensor) => Tensor,
  {
    real,
    fake,
    mix,
  }: {
    readonly real: Tensor;
    readonly fake: Tensor;
    readonly mix: Tensor;
  },
): Tensor;
