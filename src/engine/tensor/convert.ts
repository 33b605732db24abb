// What the methods of Tensor share: broadcasting, dtype promotion, axes, products. Not a door for users.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { broadcastShapes, normalizeAxes, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { customGradient } from "#engine/grad/custom.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { Tensor, type ReduceOptions, type TensorLike } from "#engine/tensor/tensor.ts";

type Unary = (x: Node) => Node;
type Binary = (x: Node, y: Node) => Node;
type Reduction = (x: Node, axes: readonly number[]) => Node;

/** A binary operation with NumPy's broadcasting; a number takes the tensor's dtype, f32 when it is no integer. */
export function arithmetic(name: string, operation: Binary, left: Tensor, right: TensorLike): Tensor {
  const dtype = promote(left, right);
  const x = left.cast(dtype);
  if (typeof right === "number") return new Tensor(operation(x.node, ops.broadcastTo(scalar(right, dtype), x.shape)));
  const shape = broadcastShapes(left.shape, right.shape, name);
  return new Tensor(operation(ops.broadcastTo(x.node, shape), ops.broadcastTo(right.cast(dtype).node, shape)));
}

export function logical(name: string, operation: Binary, left: Tensor, right: Tensor): Tensor {
  const shape = broadcastShapes(left.shape, right.shape, name);
  return new Tensor(
    operation(ops.broadcastTo(left.cast("bool").node, shape), ops.broadcastTo(right.cast("bool").node, shape)),
  );
}

/** Whole exponents up to 4 are products, a half is a square root. */
export function power(base: Tensor, exponent: TensorLike): Tensor {
  if (exponent === 1) return base;
  if (exponent === 2) return base.mul(base);
  if (exponent === 3) return base.mul(base).mul(base);
  if (exponent === 4) return base.square().square();
  if (exponent === 0.5) return base.sqrt();
  if (exponent === -1) return scalarTensor(1, "f32").div(base);
  return arithmetic("pow", ops.power, base, exponent);
}

export function scalarTensor(value: number, dtype: DType): Tensor {
  return new Tensor(scalar(value, dtype));
}

function scalar(value: number, dtype: DType): Node {
  return ops.constant(value, { dtype, shape: [] });
}

function promote(left: Tensor, right: TensorLike): DType {
  if (typeof right !== "number") return promoteTypes(left.dtype, right.dtype);
  if (isFloat(left.dtype)) return "f32";
  return Number.isInteger(right) ? "i32" : "f32";
}

function promoteTypes(left: DType, right: DType): DType {
  return isFloat(left) || isFloat(right) ? "f32" : "i32";
}

function isFloat(dtype: DType): boolean {
  return dtype === "f32" || dtype === "f16" || dtype === "bf16";
}

/** u8, bool to i32; f16, bf16 to f32: the types that arithmetic has. */
export function widen(x: Tensor): Tensor {
  return x.cast(isFloat(x.dtype) ? "f32" : "i32");
}

export function toFloat(x: Tensor): Tensor {
  return x.cast("f32");
}

export function float(operation: Unary, x: Tensor): Tensor {
  return new Tensor(operation(toFloat(x).node));
}

/** 1 / (1 + exp(-x)), with the gradient s (1 - s), which does not overflow. */
export function sigmoid(x: Node): Node {
  const one = ops.constant(1, x.type);
  const s = ops.divide(one, ops.add(one, ops.exp(ops.negate(x))));
  return customGradient(s, [x], (cotangent) => [ops.multiply(cotangent, ops.multiply(s, ops.subtract(one, s)))]);
}

/** The same value, through which no gradient flows. */
export function stop(x: Tensor): Tensor {
  return new Tensor(customGradient(x.node, [], () => []));
}

export function inferShape(shape: Shape, size: number): number[] {
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const inferred = shape.map((extent) => (extent === -1 ? size / known : extent));
  if (shape.filter((extent) => extent === -1).length > 1 || !inferred.every(Number.isInteger) || sizeOf(inferred) !== size) {
    throw new SinterError("shape", `reshape: ${size} elements do not fit ${shapeText(shape)}. Make the product ${size}.`, {
      shape,
      size,
    });
  }
  return inferred;
}

export function axesOf(axes: number | readonly number[] | undefined, rank: number, name: string): number[] {
  return normalizeAxes(axes, rank, name);
}

export function slice(x: Tensor, starts: readonly number[], sizes: readonly number[], strides?: readonly number[]): Tensor {
  if (starts.length !== x.rank || sizes.length !== x.rank) {
    throw new SinterError("shape", `slice: ${starts.length} starts and ${sizes.length} sizes for rank ${x.rank}. Give one an axis.`);
  }
  const from = starts.map((start, axis) => (start < 0 ? start + (x.shape[axis] ?? 0) : start));
  const ends = from.map((start, axis) => {
    const size = sizes[axis] ?? -1;
    return size === -1 ? (x.shape[axis] ?? 0) : start + (size - 1) * (strides?.[axis] ?? 1) + 1;
  });
  return new Tensor(ops.slice(x.node, from, ends, strides));
}

export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  const dropped = new Set(axes === undefined ? x.shape.flatMap((extent, axis) => (extent === 1 ? [axis] : [])) : normalizeAxes(axes, x.rank, "squeeze"));
  return x.reshape(x.shape.filter((_, axis) => !dropped.has(axis)));
}

export function expandDims(x: Tensor, axis: number): Tensor {
  const [place = 0] = normalizeAxes(axis, x.rank + 1, "expandDims");
  return x.reshape([...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}

export function dropAxes(x: Tensor, axes: readonly number[]): Tensor {
  return x.reshape(x.shape.filter((_, axis) => !axes.includes(axis)));
}

export function reduce(
  name: string,
  operation: Reduction,
  tensor: Tensor,
  axes: number | readonly number[] | undefined,
  options: ReduceOptions,
): Tensor {
  const x = widen(tensor);
  const list = normalizeAxes(axes, x.rank, name);
  const reduced = new Tensor(operation(x.node, list));
  if (options.keepDims !== true) return reduced;
  return reduced.reshape(x.shape.map((extent, axis) => (list.includes(axis) ? 1 : extent)));
}

export function matMul(left: Tensor, right: Tensor): Tensor {
  if (left.rank === 0 || right.rank === 0) {
    throw new SinterError("shape", `matMul: shapes ${shapeText(left.shape)} and ${shapeText(right.shape)}. Use mul for scalars.`);
  }
  if (left.rank === 1) return squeeze(matMul(left.reshape([1, left.size]), right), -2 + (right.rank === 1 ? 1 : 0));
  if (right.rank === 1) return squeeze(matMul(left, right.reshape([right.size, 1])), -1);
  const x = toFloat(left);
  const y = toFloat(right);
  if (x.shape[x.rank - 1] !== y.shape[y.rank - 2]) {
    throw new SinterError(
      "shape",
      `matMul: shapes ${shapeText(x.shape)} and ${shapeText(y.shape)}; ${x.shape[x.rank - 1]} columns meet ${y.shape[y.rank - 2]} rows. Transpose one.`,
      { left: x.shape, right: y.shape },
    );
  }
  if (y.rank === 2) {
    return new Tensor(ops.dot(x.node, y.node, { leftContract: [x.rank - 1], rightContract: [0], leftBatch: [], rightBatch: [] }));
  }
  const batch = broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2), "matMul");
  const axes = batch.map((_, axis) => axis);
  const a = ops.broadcastTo(x.node, [...batch, ...x.shape.slice(-2)]);
  const b = ops.broadcastTo(y.node, [...batch, ...y.shape.slice(-2)]);
  const rank = batch.length;
  return new Tensor(ops.dot(a, b, { leftContract: [rank + 1], rightContract: [rank], leftBatch: axes, rightBatch: axes }));
}
