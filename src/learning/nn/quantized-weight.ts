// A matrix stored in blocks of 32 numbers along the axis that products sum over: whole numbers of 8 or 4 bits with one scale.
// What multiplies with it dequantizes in passing, so that it never lies in memory as f32.

import { choice } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { bitwiseAnd, bitwiseOr, shiftLeft, shiftRightLogical } from "#engine/tensor/bits.ts";
import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** `q8_0`: w = scale · (byte - 128); `q4_0`: w = scale · (nibble - 8), two a byte. Scales are f16. */
export type QuantizedKind = "q8_0" | "q4_0";

/** Numbers that share a scale. */
export const blockLength = 32;

/** The parts of a matrix in this form, its summed axis cut into blocks. */
export interface QuantizedParts {
  /** u8 [..., blocks, 32 or 16, ...]; of two in a byte the lower is of the block's first half. */
  readonly bytes: Tensor;
  /** f16 [..., blocks, 1, ...] */
  readonly scales: Tensor;
}

/** @throws option naming the kinds */
export function quantizedKind(where: string, kind: unknown): QuantizedKind {
  return choice(where, "kind", kind, ["q8_0", "q4_0"]);
}

/** The shapes of the parts of a matrix; undefined where its axis holds no whole blocks. */
export function partShapes(
  kind: QuantizedKind,
  shape: Shape,
  axis: number,
): { readonly bytes: Shape; readonly scales: Shape } | undefined {
  const extent = shape[axis] ?? 0;
  if (extent === 0 || extent % blockLength !== 0) return undefined;
  const within = (length: number): Shape => shape.toSpliced(axis, 1, extent / blockLength, length);
  return { bytes: within(kind === "q8_0" ? blockLength : blockLength / 2), scales: within(1) };
}

/** The matrix of parts, f32. */
export function dequantized(
  kind: QuantizedKind,
  { bytes, scales }: QuantizedParts,
  shape: Shape,
  axis: number,
): Tensor {
  const scale = scales.cast("f32");
  if (kind === "q8_0") return bytes.cast("f32").sub(128).mul(scale).reshape(shape);
  // [..., blocks, 2, 16, ...]: the halves of a block.
  const halves = arange(2, { dtype: "i32" }).mul(4);
  const distances = halves.reshape([2, ...bytes.shape.slice(axis + 1).map(() => 1)]);
  const nibbles = bitwiseAnd(shiftRightLogical(bytes.cast("i32").expandDims(axis + 1), distances), 15);
  return nibbles
    .cast("f32")
    .sub(8)
    .mul(scale.expandDims(axis + 1))
    .reshape(shape);
}

/**
 * The parts of a matrix.
 * @param axis what products sum over; a multiple of 32
 * @source ggml, quantize_row_q8_0_ref and quantize_row_q4_0_ref
 */
export function quantized(kind: QuantizedKind, weight: Tensor, axis: number): QuantizedParts {
  const { shape } = weight;
  const blocks = weight.reshape(shape.toSpliced(axis, 1, (shape[axis] ?? 0) / blockLength, blockLength));
  const inBlock = axis + 1;
  const keepDims = true;
  const inverse = (scale: Tensor): Tensor => where(scale.equal(0), 0, scale.pow(-1));
  if (kind === "q8_0") {
    const scale = blocks.abs().max(inBlock, { keepDims }).div(127);
    const scaled = blocks.mul(inverse(scale));
    const whole = scaled.sign().mul(scaled.abs().add(0.5).floor());
    return { bytes: whole.add(128).cast("u8"), scales: scale.cast("f16") };
  }
  const [largest, least] = [blocks.max(inBlock, { keepDims }), blocks.min(inBlock, { keepDims })];
  // What is furthest from 0 becomes -8.
  const scale = where(largest.greater(least.neg()), largest, least).div(-8);
  const nibbles = blocks.mul(inverse(scale)).add(8.5).floor().clip(0, 15).cast("i32");
  const half = (first: number): Tensor =>
    nibbles.slice(
      nibbles.shape.map((_, at) => (at === inBlock ? first : 0)),
      nibbles.shape.map((extent, at) => (at === inBlock ? blockLength / 2 : extent)),
    );
  return { bytes: bitwiseOr(half(0), shiftLeft(half(blockLength / 2), 4)).cast("u8"), scales: scale.cast("f16") };
}
