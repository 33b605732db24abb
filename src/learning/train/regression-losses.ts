// Losses of numbers and of distributions: one value an element, but for the cosine.

import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels } from "./labels.ts";
import type { Loss, Prediction } from "./losses.ts";

/** Losses that are a mean over elements. */
export type ErrorKind =
  | "meanSquaredError"
  | "meanAbsoluteError"
  | "meanAbsolutePercentageError"
  | "meanSquaredLogarithmicError"
  | "huber"
  | "logCosh";

/** Keras's epsilon. */
const epsilon = 1e-7;

/** What each element is off: |e|, e², 100 |e / y|, (log(y + 1) - log(p + 1))², Huber's, log cosh e. */
export function elementErrors(kind: ErrorKind, loss: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const error = output.sub(truth);
  switch (kind) {
    case "meanSquaredError":
      return error.square();
    case "meanAbsoluteError":
      return error.abs();
    case "meanAbsolutePercentageError":
      return error.div(truth.abs().maximum(epsilon)).abs().mul(100);
    case "meanSquaredLogarithmicError":
      return logOfNext(output).sub(logOfNext(truth)).square();
    case "huber":
      return huber(error.abs(), loss.delta ?? 1);
    case "logCosh":
      return error.add(softplus(error.mul(-2))).sub(Math.LN2);
    default:
      return kind satisfies never;
  }
}

/** log(max(x, epsilon) + 1) */
function logOfNext(x: Tensor): Tensor {
  return x.maximum(epsilon).add(1).log();
}

/** e² / 2 up to delta, from there on delta · (e - delta / 2). */
function huber(error: Tensor, delta: number): Tensor {
  const linear = error.mul(delta).sub(0.5 * delta * delta);
  return where(error.lessEqual(delta), error.square().mul(0.5), linear);
}

/** log(1 + exp(x)), without overflow; the slope at 0 is a half. */
export function softplus(x: Tensor): Tensor {
  const isPositive = x.greaterEqual(0);
  return where(isPositive, x, 0).add(where(isPositive, x.neg(), x).exp().log1p());
}

/** p - y log(p + epsilon), elementwise. */
export function poisson({ kind }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  return output.sub(alignLabels(kind, labels, output).mul(output.add(epsilon).log()));
}

/** y log(y / p), elementwise, both clipped to [epsilon, 1]. */
export function divergence({ kind }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output).clip(epsilon, 1);
  return truth.mul(truth.div(output.clip(epsilon, 1)).log());
}

/** Minus the cosine of the angle between labels and predictions along an axis. */
export function cosineSimilarity({ kind, axis }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const along = typeof axis === "number" ? axis : -1;
  return cosine(alignLabels(kind, labels, output), output, along).neg();
}

/** The cosine of the angle between vectors along an axis. */
export function cosine(left: Tensor, right: Tensor, axis: number): Tensor {
  return normalize(left, axis).mul(normalize(right, axis)).sum(axis);
}

/** x / |x| along an axis; a vector shorter than epsilon is divided by epsilon. */
export function normalize(x: Tensor, axis: number): Tensor {
  const squares = x.square().sum(axis, { keepDims: true });
  const isShort = squares.lessEqual(epsilon * epsilon);
  return where(isShort, x.mul(1 / epsilon), x.div(where(isShort, 1, squares).sqrt()));
}
