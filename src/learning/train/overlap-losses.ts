// Losses of regions: how little two of them overlap. Of a whole batch, or along the axes that are left.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels } from "./labels.ts";
import type { Loss, Prediction } from "./losses.ts";

/** Keras's epsilon. */
const epsilon = 1e-7;

/** 1 - 2 Σ y p / (Σ y + Σ p) */
export function dice({ kind, axis }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const sum = (x: Tensor): Tensor => x.sum(axis ?? undefined);
  const both = sum(truth.mul(output)).mul(2);
  return both
    .div(sum(truth).add(sum(output)).add(epsilon))
    .neg()
    .add(1);
}

/** 1 - Σ y p / (Σ y p + alpha Σ y (1 - p) + beta Σ (1 - y) p) */
export function tversky({ kind, axis, alpha, beta = 0.5 }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const truth = alignLabels(kind, labels, output);
  const sum = (x: Tensor): Tensor => x.sum(axis ?? undefined);
  const both = sum(truth.mul(output));
  const missed = sum(output.neg().add(1).mul(truth)).mul(typeof alpha === "number" ? alpha : 0.5);
  const invented = sum(truth.neg().add(1).mul(output)).mul(beta);
  return both.div(both.add(missed).add(invented).add(epsilon)).neg().add(1);
}
