// The bits of i32 tensors. Not for floats: their bits are nobody's business here.

import * as ops from "#engine/ops/index.ts";
import { arithmetic } from "#engine/tensor/convert.ts";
import { Tensor, type TensorLike } from "#engine/tensor/tensor.ts";

/** Bits that both have: i32, broadcast. */
export function bitwiseAnd(x: Tensor, y: TensorLike): Tensor {
  return combine("bitwiseAnd", ops.bitwiseAnd, x, y);
}

/** Bits that either has. */
export function bitwiseOr(x: Tensor, y: TensorLike): Tensor {
  return combine("bitwiseOr", ops.bitwiseOr, x, y);
}

/** Bits that one of both has. */
export function bitwiseXor(x: Tensor, y: TensorLike): Tensor {
  return combine("bitwiseXor", ops.bitwiseXor, x, y);
}

/** x << (y mod 32) */
export function shiftLeft(x: Tensor, y: TensorLike): Tensor {
  return combine("shiftLeft", ops.shiftLeft, x, y);
}

/** x >>> (y mod 32), as a word without sign. */
export function shiftRightLogical(x: Tensor, y: TensorLike): Tensor {
  return combine("shiftRightLogical", ops.shiftRightLogical, x, y);
}

function combine(name: string, operation: Parameters<typeof arithmetic>[1], x: Tensor, y: TensorLike): Tensor {
  return new Tensor(arithmetic(name, operation, x.cast("i32").node, typeof y === "number" ? y : y.cast("i32").node));
}
