import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Initializer } from "./initializers.js";
import { type Weights, type WeightSpec } from "./layer.js";
export type RenormClipping = {
  readonly rmax?: number | undefined;
  readonly rmin?: number | undefined;
  readonly dmax?: number | undefined;
};
export interface RenormOptions {
  readonly renorm?: boolean;
  readonly renormClipping?: RenormClipping | null | undefined;
  readonly renormMomentum?: number;
}
export type RenormConfig = {
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | undefined;
  readonly renormMomentum: number;
};
export declare function checkRenorm(kind: string, options: RenormOptions): RenormConfig;
export declare function renormSpecs(kind: string, mean: Initializer, variance: Initializer, shape: Shape): WeightSpec[];
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}
export declare function renormCorrection(
  weights: Weights,
  { mean, variance }: Moments,
  epsilon: number,
  clipping?: RenormClipping,
): {
  readonly factor: Tensor;
  readonly shift: Tensor;
};
export declare function renormStatistics(
  weights: Weights,
  { mean, variance }: Moments,
  {
    epsilon,
    momentum,
    renormMomentum,
  }: {
    readonly epsilon: number;
    readonly momentum: number;
  } & RenormConfig,
): Weights;
