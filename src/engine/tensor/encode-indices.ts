// Indices as rows of zeros and ones, or of counts. Never looks anything up.

import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Rows that indices become: one an index, or one a sample. */
export type EncodeMode = "oneHot" | "multiHot" | "count";

/**
 * Indices as rows; one that is not from 0 to depth - 1 counts nowhere.
 * @param indices i32 [...]; a last axis of extent 1 disappears in mode "oneHot"
 * @param weights f32, as indices: what each counts in mode "count"
 * @returns f32 [..., depth]; modes "multiHot" and "count" reduce the last axis
 * @source Keras 3.15, numerical_utils.encode_categorical_inputs
 */
export function encodeIndices(indices: Tensor, mode: EncodeMode, depth: number, weights?: Tensor): Tensor {
  if (mode === "oneHot") {
    const isColumn = indices.rank > 1 && indices.shape.at(-1) === 1;
    return oneHot(isColumn ? indices.reshape(indices.shape.slice(0, -1)) : indices, depth);
  }
  const rows = oneHot(indices, depth);
  if (mode === "multiHot") return rows.max(-2);
  return (weights === undefined ? rows : rows.mul(weights.expandDims(-1))).sum(-2);
}
