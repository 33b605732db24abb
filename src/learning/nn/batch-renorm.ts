// Batch renormalization: what moves training's normalization from a batch's statistics towards the moving ones. Knows no layer.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { stopGradient } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Initializer } from "./initializers.ts";
import { weightOf, type Weights, type WeightSpec } from "./layer.ts";

/** Bounds of the corrections: of the factor, and of the shift either way. What is left out is not bounded. */
export type RenormClipping = {
  readonly rmax?: number | undefined;
  readonly rmin?: number | undefined;
  readonly dmax?: number | undefined;
};

export interface RenormOptions {
  /** Whether training too normalizes by moving statistics, up to bounds. */
  readonly renorm?: boolean;
  readonly renormClipping?: RenormClipping | null | undefined;
  /** Of the statistics that training normalizes by. */
  readonly renormMomentum?: number;
}

export type RenormConfig = {
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | undefined;
  readonly renormMomentum: number;
};

/** @throws option */
export function checkRenorm(kind: string, options: RenormOptions): RenormConfig {
  const { renormClipping: clipping, renorm = false } = options;
  const renormMomentum = numberWithin(kind, "renormMomentum", options.renormMomentum ?? 0.99, 0, 1);
  if (clipping === undefined || clipping === null) return { renorm, renormClipping: undefined, renormMomentum };
  checkOptions(`${kind}: renormClipping`, clipping, ["rmax", "rmin", "dmax"]);
  const { rmax, rmin, dmax } = clipping;
  if (rmin !== undefined) numberWithin(kind, "rmin", rmin);
  if (rmax !== undefined) numberWithin(kind, "rmax", rmax, rmin);
  if (dmax !== undefined) numberWithin(kind, "dmax", dmax, 0);
  return { renorm, renormClipping: clipping, renormMomentum };
}

/** movingStddev, renormMean and renormStddev, which begin as the moving mean and the root of the moving variance. @throws option */
export function renormSpecs(kind: string, mean: Initializer, variance: Initializer, shape: Shape): WeightSpec[] {
  if (variance.kind !== "constant") {
    throw new SinterError(
      "option",
      `${kind}: renorm needs movingVarianceInitializer to be "ones" or another constant.`,
      {
        movingVarianceInitializer: variance,
      },
    );
  }
  const { value } = variance;
  const roots = typeof value === "number" ? Math.sqrt(value) : value.map((one) => Math.sqrt(one));
  const stddev: Initializer = { kind: "constant", value: roots };
  return [
    { name: "movingStddev", initializer: stddev, shape, trainable: false },
    { name: "renormMean", initializer: mean, shape, trainable: false },
    { name: "renormStddev", initializer: stddev, shape, trainable: false },
  ];
}

/** Statistics of a batch, each [extent of the axis]. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** What the batch's normalized values are multiplied by and what is added; no gradient flows through them. */
export function renormCorrection(
  weights: Weights,
  { mean, variance }: Moments,
  epsilon: number,
  clipping: RenormClipping = {},
): { readonly factor: Tensor; readonly shift: Tensor } {
  const stddev = weightOf(weights, "renormStddev").maximum(Math.sqrt(epsilon));
  const { rmin, rmax, dmax } = clipping;
  const ratio = variance.add(epsilon).sqrt().div(stddev);
  const above = rmin === undefined ? ratio : ratio.maximum(rmin);
  const factor = rmax === undefined ? above : above.minimum(rmax);
  const distance = mean.sub(weightOf(weights, "renormMean")).div(stddev);
  const shift = dmax === undefined ? distance : distance.clip(-dmax, dmax);
  return { factor: stopGradient(factor), shift: stopGradient(shift) };
}

/** The new moving statistics: the variance follows from the moving deviation. */
export function renormStatistics(
  weights: Weights,
  { mean, variance }: Moments,
  { epsilon, momentum, renormMomentum }: { readonly epsilon: number; readonly momentum: number } & RenormConfig,
): Weights {
  const stddev = variance.add(epsilon).sqrt();
  const moved = (name: string, batch: Tensor, share: number): Tensor =>
    weightOf(weights, name)
      .mul(share)
      .add(batch.mul(1 - share));
  const movingStddev = moved("movingStddev", stddev, momentum);
  return {
    movingMean: moved("movingMean", mean, momentum),
    movingVariance: movingStddev.square().sub(epsilon).relu(),
    movingStddev,
    renormMean: moved("renormMean", mean, renormMomentum),
    renormStddev: moved("renormStddev", stddev, renormMomentum),
  };
}
