// Rotary positions turn pairs of features: here (i, i + dim / 2), in some files (2 i, 2 i + 1). A projection's outputs are put
// into the other order once, when it is read.

import type { Tensor } from "#engine/tensor/tensor.ts";

/**
 * The columns of a projection into heads, those of neighbouring pairs in the order of halves.
 * @param kernel f32 [features, numHeads · dim]
 */
export function halvesFromPairs(kernel: Tensor, numHeads: number): Tensor {
  const [features = 0, columns = 0] = kernel.shape;
  const pairs = columns / numHeads / 2;
  return kernel.reshape([features, numHeads, pairs, 2]).transpose([0, 1, 3, 2]).reshape([features, columns]);
}
