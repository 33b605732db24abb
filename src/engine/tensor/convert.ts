// What the methods of Tensor share, on nodes: broadcasting, dtype promotion, axes, products. Not a door for users.

import { isFloating, type DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { broadcastShapes, normalizeAxes, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { customGradient } from "#engine/grad/custom.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";

type Binary = (x: Node, y: Node) => Node;
type Reduction = (x: Node, axes: readonly number[]) => Node;

/** The node converted to a dtype. */
export function cast(x: Node, dtype: DType): Node {
  return x.type.dtype === dtype ? x : ops.cast(x, dtype);
}

/** A binary operation with NumPy's broadcasting; a number takes the tensor's dtype, f32 when it is no integer. */
export function arithmetic(name: string, operation: Binary, left: Node, right: Node | number): Node {
  const dtype = promote(left, right);
  const x = cast(left, dtype);
  if (typeof right === "number") return operation(x, ops.broadcastTo(scalar(right, dtype), x.type.shape));
  const shape = broadcastShapes(left.type.shape, right.type.shape, name);
  return operation(ops.broadcastTo(x, shape), ops.broadcastTo(cast(right, dtype), shape));
}

/** An operation of two truth values; what is unequal to 0 counts as true. */
export function logical(name: string, operation: Binary, left: Node, right: Node): Node {
  const shape = broadcastShapes(left.type.shape, right.type.shape, name);
  return operation(ops.broadcastTo(cast(left, "bool"), shape), ops.broadcastTo(cast(right, "bool"), shape));
}

/** Whole exponents up to 4 are products, a half is a square root. */
export function power(base: Node, exponent: Node | number): Node {
  const square = (x: Node): Node => ops.multiply(x, x);
  if (exponent === 1) return base;
  if (exponent === 2) return square(base);
  if (exponent === 3) return ops.multiply(square(base), base);
  if (exponent === 4) return square(square(base));
  if (exponent === 0.5) return ops.sqrt(base);
  if (exponent === -1) return ops.divide(ops.constant(1, base.type), base);
  return arithmetic("pow", ops.power, base, exponent);
}

function scalar(value: number, dtype: DType): Node {
  return ops.constant(value, { dtype, shape: [] });
}

function promote(left: Node, right: Node | number): DType {
  if (isFloating(left.type.dtype)) return "f32";
  const isFloat = typeof right === "number" ? !Number.isInteger(right) : isFloating(right.type.dtype);
  return isFloat ? "f32" : "i32";
}

/** u8, bool to i32; f16, bf16 to f32: the types that arithmetic has. */
export function widen(x: Node): Node {
  return cast(x, isFloating(x.type.dtype) ? "f32" : "i32");
}

/** 1 / (1 + exp(-x)), with the gradient s (1 - s), which does not overflow. */
export function sigmoid(x: Node): Node {
  const one = ops.constant(1, x.type);
  const s = ops.divide(one, ops.add(one, ops.exp(ops.negate(x))));
  return customGradient(s, [x], (cotangent) => [ops.multiply(cotangent, ops.multiply(s, ops.subtract(one, s)))]);
}

/** The same value, through which no gradient flows. */
export function stop(x: Node): Node {
  return customGradient(x, [], () => []);
}

/** exp(x - max) / sum(exp(x - max)) along an axis. */
export function softmax(x: Node, axis: number): Node {
  const powers = ops.exp(shifted(x, axis));
  return arithmetic("softmax", ops.divide, powers, kept(powers, ops.reduceSum, [axis]));
}

/** x - max - log(sum(exp(x - max))) along an axis. */
export function logSoftmax(x: Node, axis: number): Node {
  const rest = shifted(x, axis);
  return arithmetic("logSoftmax", ops.subtract, rest, ops.log(kept(ops.exp(rest), ops.reduceSum, [axis])));
}

/** log(sum(exp(x))) over axes, which stay with extent 1. */
export function logSumExp(x: Node, axes: readonly number[]): Node {
  const peak = stop(kept(x, ops.reduceMax, axes));
  const powers = ops.exp(arithmetic("logSumExp", ops.subtract, x, peak));
  return ops.add(ops.log(kept(powers, ops.reduceSum, axes)), peak);
}

function shifted(x: Node, axis: number): Node {
  return arithmetic("softmax", ops.subtract, x, stop(kept(x, ops.reduceMax, [axis])));
}

/** A reduction whose axes stay, with extent 1. */
function kept(x: Node, operation: Reduction, axes: readonly number[]): Node {
  const shape = x.type.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return ops.reshape(operation(x, axes), shape);
}

/** A reduction over axes, all when none is named. */
export function reduce(
  name: string,
  operation: Reduction,
  input: Node,
  axes: number | readonly number[] | undefined,
  keepDims: boolean,
): Node {
  const x = widen(input);
  const list = normalizeAxes(axes, x.type.shape.length, name);
  return keepDims ? kept(x, operation, list) : operation(x, list);
}

/** A shape whose -1 was worked out. @throws shape when the elements do not fit */
export function inferShape(shape: Shape, size: number): number[] {
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const inferred = shape.map((extent) => (extent === -1 ? size / known : extent));
  const numFree = shape.filter((extent) => extent === -1).length;
  if (numFree > 1 || !inferred.every(Number.isInteger) || sizeOf(inferred) !== size) {
    throw new SinterError(
      "shape",
      `reshape: ${size} elements do not fit ${shapeText(shape)}. Make the product ${size}.`,
      { shape, size },
    );
  }
  return inferred;
}

export interface SliceOptions {
  readonly starts: readonly number[];
  /** Elements an axis; -1 takes all to the end. */
  readonly sizes: readonly number[];
  readonly strides?: readonly number[] | undefined;
}

/** A part of every axis. */
export function slice(x: Node, { starts, sizes, strides }: SliceOptions): Node {
  const { shape } = x.type;
  if (starts.length !== shape.length || sizes.length !== shape.length) {
    throw new SinterError(
      "shape",
      `slice: ${starts.length} starts and ${sizes.length} sizes for rank ${shape.length}. Give one an axis.`,
      { shape, starts, sizes },
    );
  }
  const from = starts.map((start, axis) => (start < 0 ? start + (shape[axis] ?? 0) : start));
  const ends = from.map((start, axis) => {
    const size = sizes[axis] ?? -1;
    return size === -1 ? (shape[axis] ?? 0) : start + (size - 1) * (strides?.[axis] ?? 1) + 1;
  });
  return ops.slice(x, from, ends, strides);
}

/** A shape without some axes, by default those of extent 1. */
export function squeezedShape(shape: Shape, axes?: number | readonly number[]): number[] {
  if (axes === undefined) return shape.filter((extent) => extent !== 1);
  const dropped = normalizeAxes(axes, shape.length, "squeeze");
  return shape.filter((_, axis) => !dropped.includes(axis));
}

/** A shape with a new axis of extent 1. */
export function expandedShape(shape: Shape, axis: number): number[] {
  const [place = 0] = normalizeAxes(axis, shape.length + 1, "expandDims");
  return [...shape.slice(0, place), 1, ...shape.slice(place)];
}

/** The matrix product with NumPy's rules for vectors and leading axes. */
export function matMul(left: Node, right: Node): Node {
  const x = cast(left, "f32");
  const y = cast(right, "f32");
  const a = x.type.shape;
  const b = y.type.shape;
  if (a.length === 0 || b.length === 0) throw productError(a, b, "Use mul for scalars.");
  if (a.length === 1 || b.length === 1) return vectorProduct(x, y);
  if (a[a.length - 1] !== b[b.length - 2]) {
    throw productError(a, b, `${a[a.length - 1]} columns meet ${b[b.length - 2]} rows: transpose one.`);
  }
  if (b.length === 2) {
    return ops.dot(x, y, { leftContract: [a.length - 1], rightContract: [0], leftBatch: [], rightBatch: [] });
  }
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2), "matMul");
  const axes = batch.map((_, axis) => axis);
  const rank = batch.length;
  return ops.dot(ops.broadcastTo(x, [...batch, ...a.slice(-2)]), ops.broadcastTo(y, [...batch, ...b.slice(-2)]), {
    leftContract: [rank + 1],
    rightContract: [rank],
    leftBatch: axes,
    rightBatch: axes,
  });
}

/** A vector is a row on the left and a column on the right; its axis disappears again. */
function vectorProduct(x: Node, y: Node): Node {
  const a = x.type.shape;
  const b = y.type.shape;
  const row = a.length === 1 ? ops.reshape(x, [1, ...a]) : x;
  const column = b.length === 1 ? ops.reshape(y, [...b, 1]) : y;
  const product = matMul(row, column);
  const { shape } = product.type;
  const rows = a.length === 1 ? [] : shape.slice(-2, -1);
  const columns = b.length === 1 ? [] : shape.slice(-1);
  return ops.reshape(product, [...shape.slice(0, -2), ...rows, ...columns]);
}

function productError(left: Shape, right: Shape, advice: string): SinterError {
  const message = `matMul: shapes ${shapeText(left)} and ${shapeText(right)} have no product. ${advice}`;
  return new SinterError("shape", message, { left, right });
}
