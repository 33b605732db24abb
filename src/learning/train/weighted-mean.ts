// The mean of many losses of which some count more than others, and those of masked places not at all.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { full } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/**
 * Without a mask the mean of values · weights over all values; with one that over the places where the mask holds, and 0
 * where it holds nowhere. Weights change no divisor.
 * @param values one for each sample, or for each place of it: f32 [n, ...]
 * @param weights of the samples, f32 [n], or of their places, f32 [n, time]
 * @param mask bool, of the first axes of the values: [n, time]
 * @throws shape where weights or mask do not fit the values
 * @source Keras 3, losses/loss.py, apply_mask and reduce_weighted_values
 */
export function weightedMean(values: Tensor, weights: Tensor | undefined, mask: Tensor | undefined): Tensor {
  const weighed = weights === undefined ? values : values.mul(alongside(weights, values, "sampleWeight"));
  if (mask === undefined) return weighed.mean();
  const { sum, count } = sumWhere(weighed, mask);
  return sum.div(count.maximum(1));
}

/**
 * The sum of the values at the places where the mask holds, and how many these are.
 * @param values [n, ...], f32 or i32
 * @param mask as of `weightedMean`; every place counts without one
 * @param weights as of `weightedMean`: what values are multiplied with, and what they count
 * @returns sum of the values' dtype, count i32, with weights both f32: scalars
 */
export function sumWhere(
  values: Tensor,
  mask: Tensor | undefined,
  weights?: Tensor,
): { readonly sum: Tensor; readonly count: Tensor } {
  if (weights !== undefined) {
    const factors = alongside(weights, values, "sampleWeight").broadcastTo(values.shape);
    const kept = mask === undefined ? factors : where(alongside(mask, values, "the output's mask"), factors, 0);
    return { sum: where(kept.equal(0), 0, values.cast("f32").mul(kept)).sum(), count: kept.sum() };
  }
  if (mask === undefined) return { sum: values.sum(), count: full([], values.size, { dtype: "i32" }) };
  const kept = where(alongside(mask, values, "the output's mask"), values, 0);
  const numPlaces = mask.cast("i32").sum();
  return { sum: kept.sum(), count: numPlaces.mul(mask.size === 0 ? 0 : values.size / mask.size) };
}

/** With axes of extent 1 behind, so that a factor is the same for all that a sample or place has. @throws shape */
export function alongside(factors: Tensor, { shape }: Tensor, what: string): Tensor {
  const fits = factors.shape.every((extent, axis) => extent === 1 || extent === shape[axis]);
  if (!fits) {
    throw new SinterError(
      "shape",
      `loss: ${what} ${shapeText(factors.shape)} does not fit losses ${shapeText(shape)}. ` +
        "Give one value a sample or a place; an output of places keeps their axis and has one behind it.",
      { factors: factors.shape, losses: shape },
    );
  }
  return factors.reshape(shape.map((_, axis) => factors.shape[axis] ?? 1));
}
