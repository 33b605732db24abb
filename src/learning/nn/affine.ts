// What normalizations end with: a learned scale and a learned shift, gamma and beta.

import type { Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { weightOf, type LayerOptions, type Weights, type WeightSpec } from "./layer.ts";
import { numberWithin } from "#engine/base/options.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface AffineOptions extends LayerOptions {
  /** Added to variances, so that none is 0. */
  readonly epsilon?: number;
  /** Whether there is a beta. */
  readonly center?: boolean;
  /** Whether there is a gamma. */
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly betaConstraint?: ConstraintName | Constraint | null | undefined;
  readonly gammaConstraint?: ConstraintName | Constraint | null | undefined;
}

/** The options with Keras's defaults. */
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

/** @throws option */
export function checkAffine(kind: string, options: AffineOptions): AffineConfig {
  return {
    epsilon: numberWithin(kind, "epsilon", options.epsilon ?? 1e-3, 0),
    center: options.center ?? true,
    scale: options.scale ?? true,
    betaInitializer: initializer(kind, "betaInitializer", options.betaInitializer, "zeros"),
    gammaInitializer: initializer(kind, "gammaInitializer", options.gammaInitializer, "ones"),
    betaRegularizer: regularizer(kind, "betaRegularizer", options.betaRegularizer),
    gammaRegularizer: regularizer(kind, "gammaRegularizer", options.gammaRegularizer),
    betaConstraint: constraint(kind, "betaConstraint", options.betaConstraint),
    gammaConstraint: constraint(kind, "gammaConstraint", options.gammaConstraint),
  };
}

/** gamma and beta, where asked for. */
export function affineSpecs(config: AffineConfig, shape: Shape): WeightSpec[] {
  const common = { shape, trainable: true };
  const gamma = {
    name: "gamma",
    initializer: config.gammaInitializer,
    regularizer: config.gammaRegularizer,
    constraint: config.gammaConstraint,
    ...common,
  };
  const beta = {
    name: "beta",
    initializer: config.betaInitializer,
    regularizer: config.betaRegularizer,
    constraint: config.betaConstraint,
    ...common,
  };
  return [...(config.scale ? [gamma] : []), ...(config.center ? [beta] : [])];
}

/** gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over axes; gamma and beta of shape `along`. */
export function normalized(
  x: Tensor,
  weights: Weights,
  { epsilon, scale, center }: AffineConfig,
  { axes, along }: { readonly axes: readonly number[]; readonly along: Shape },
): Tensor {
  const centred = x.sub(x.mean(axes, { keepDims: true }));
  const deviation = centred.square().mean(axes, { keepDims: true }).add(epsilon).sqrt();
  const normal = centred.div(deviation);
  const scaled = scale ? normal.mul(weightOf(weights, "gamma").reshape(along)) : normal;
  return center ? scaled.add(weightOf(weights, "beta").reshape(along)) : scaled;
}
