import type { Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Constraint, type ConstraintName } from "./constraints.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type LayerOptions, type Weights, type WeightSpec } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface AffineOptions extends LayerOptions {
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly betaConstraint?: ConstraintName | Constraint | null | undefined;
  readonly gammaConstraint?: ConstraintName | Constraint | null | undefined;
}
export type AffineConfig = {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | undefined;
  readonly gammaRegularizer: Regularizer | undefined;
  readonly betaConstraint: Constraint | undefined;
  readonly gammaConstraint: Constraint | undefined;
};
export declare function checkAffine(kind: string, options: AffineOptions): AffineConfig;
export declare function affineSpecs(config: AffineConfig, shape: Shape): WeightSpec[];
export declare function normalized(
  x: Tensor,
  weights: Weights,
  { epsilon, scale, center }: AffineConfig,
  {
    axes,
    along,
  }: {
    readonly axes: readonly number[];
    readonly along: Shape;
  },
): Tensor;
