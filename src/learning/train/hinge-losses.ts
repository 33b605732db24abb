// Hinge losses: 0 once a prediction is right by a margin of 1.

import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels } from "./labels.ts";
import type { Loss, Prediction } from "./losses.ts";

/** max(1 - y p, 0), elementwise; labels are -1 and 1, or all of them 0 and 1. */
export function hinge({ kind }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const isBinary = truth.equal(0).or(truth.equal(1)).not().cast("i32").sum().equal(0);
  const signs = where(isBinary, truth.mul(2).sub(1), truth);
  return signs.mul(output).neg().add(1).maximum(0);
}

/** max(max (1 - y) p - Σ y p + 1, 0) over the last axis. */
export function categoricalHinge({ kind }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const right = truth.mul(output).sum(-1);
  const wrong = truth.neg().add(1).mul(output).max(-1);
  return wrong.sub(right).add(1).maximum(0);
}
