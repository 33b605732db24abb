// Tensor: a node of a graph, with the operations as methods. Operations only record; reading computes.
// Nobody needs to dispose: memory returns when a tensor is no longer reachable.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { currentQueue } from "#engine/tensor/device.ts";
import * as convert from "#engine/tensor/convert.ts";
import { isTooDeep, isTraced, realize, storageOf } from "#engine/tensor/realize.ts";

/** What operations take beside tensors: numbers are constants of the program. */
export type TensorLike = Tensor | number;

type Axes = number | readonly number[];

export interface ReduceOptions {
  /** Keeps reduced axes with extent 1. */
  readonly keepDims?: boolean;
}

export class Tensor {
  /** The node this tensor stands for. */
  readonly node: Node;

  constructor(node: Node) {
    this.node = node;
    if (storageOf(node) === undefined && isTooDeep(node) && !isTraced(node)) realize(node, currentQueue());
  }

  get shape(): Shape {
    return this.node.type.shape;
  }

  get dtype(): DType {
    return this.node.type.dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Computes if needed and gives a copy of the elements, row-major. @throws trace inside jit or grad */
  async data(): Promise<HostArray> {
    const storage = realize(this.node, currentQueue());
    return storage.queue.download(storage);
  }

  /** The only element, as a number. @throws shape unless there is exactly one */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new SinterError("shape", `item: a tensor of shape [${this.shape.join(", ")}] has ${this.size} elements. Use data().`);
    }
    const [value] = await this.data();
    return value ?? Number.NaN;
  }

  /** Gives the memory back now instead of when the tensor is collected. */
  dispose(): void {
    storageOf(this.node)?.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  add(other: TensorLike): Tensor {
    return convert.arithmetic("add", ops.add, this, other);
  }
  sub(other: TensorLike): Tensor {
    return convert.arithmetic("sub", ops.subtract, this, other);
  }
  mul(other: TensorLike): Tensor {
    return convert.arithmetic("mul", ops.multiply, this, other);
  }
  /** Quotient in f32; integers are converted first. */
  div(other: TensorLike): Tensor {
    return convert.arithmetic("div", ops.divide, convert.toFloat(this), other);
  }
  pow(other: TensorLike): Tensor {
    return convert.power(convert.toFloat(this), other);
  }
  /** Remainder with the sign of the divisor. */
  mod(other: TensorLike): Tensor {
    return convert.arithmetic("mod", ops.modulo, this, other);
  }
  /** Quotient rounded down. */
  floorDiv(other: TensorLike): Tensor {
    const isInteger = this.dtype !== "f32" && (typeof other === "number" || other.dtype !== "f32");
    return isInteger ? convert.arithmetic("floorDiv", ops.floorDivide, this, other) : this.div(other).floor();
  }
  maximum(other: TensorLike): Tensor {
    return convert.arithmetic("maximum", ops.maximum, this, other);
  }
  minimum(other: TensorLike): Tensor {
    return convert.arithmetic("minimum", ops.minimum, this, other);
  }
  clip(low: number, high: number): Tensor {
    return this.maximum(low).minimum(high);
  }

  equal(other: TensorLike): Tensor {
    return convert.arithmetic("equal", ops.equal, this, other);
  }
  notEqual(other: TensorLike): Tensor {
    return convert.arithmetic("notEqual", ops.notEqual, this, other);
  }
  less(other: TensorLike): Tensor {
    return convert.arithmetic("less", ops.less, this, other);
  }
  lessEqual(other: TensorLike): Tensor {
    return convert.arithmetic("lessEqual", ops.lessEqual, this, other);
  }
  greater(other: TensorLike): Tensor {
    return convert.arithmetic("greater", (x, y) => ops.less(y, x), this, other);
  }
  greaterEqual(other: TensorLike): Tensor {
    return convert.arithmetic("greaterEqual", (x, y) => ops.lessEqual(y, x), this, other);
  }
  and(other: Tensor): Tensor {
    return convert.logical("and", ops.logicalAnd, this, other);
  }
  or(other: Tensor): Tensor {
    return convert.logical("or", ops.logicalOr, this, other);
  }
  not(): Tensor {
    return new Tensor(ops.logicalNot(this.cast("bool").node));
  }

  neg(): Tensor {
    return new Tensor(ops.negate(convert.widen(this).node));
  }
  abs(): Tensor {
    return new Tensor(ops.abs(convert.widen(this).node));
  }
  sign(): Tensor {
    return new Tensor(ops.sign(convert.widen(this).node));
  }
  square(): Tensor {
    return this.mul(this);
  }
  exp(): Tensor {
    return convert.float(ops.exp, this);
  }
  expm1(): Tensor {
    return convert.float(ops.expm1, this);
  }
  log(): Tensor {
    return convert.float(ops.log, this);
  }
  log1p(): Tensor {
    return convert.float(ops.log1p, this);
  }
  sqrt(): Tensor {
    return convert.float(ops.sqrt, this);
  }
  tanh(): Tensor {
    return convert.float(ops.tanh, this);
  }
  sin(): Tensor {
    return convert.float(ops.sin, this);
  }
  cos(): Tensor {
    return convert.float(ops.cos, this);
  }
  erf(): Tensor {
    return convert.float(ops.erf, this);
  }
  floor(): Tensor {
    return convert.float(ops.floor, this);
  }
  ceil(): Tensor {
    return convert.float(ops.ceil, this);
  }
  /** To the nearest integer, half to even. */
  round(): Tensor {
    return convert.float(ops.round, this);
  }
  /** max(x, 0); its slope at 0 is 0. */
  relu(): Tensor {
    return convert.float(ops.relu, this);
  }
  /** 1 / (1 + exp(-x)) */
  sigmoid(): Tensor {
    return convert.float(convert.sigmoid, this);
  }

  /** Converts elements; f32 to integers saturates and takes NaN as 0. */
  cast(dtype: DType): Tensor {
    return this.dtype === dtype ? this : new Tensor(ops.cast(this.node, dtype));
  }
  /** The same elements in another shape; one extent may be -1. */
  reshape(shape: Shape): Tensor {
    return new Tensor(ops.reshape(this.node, convert.inferShape(shape, this.size)));
  }
  /** Axes in another order; reversed when none is given. */
  transpose(permutation?: readonly number[]): Tensor {
    return new Tensor(ops.transpose(this.node, permutation ?? this.shape.map((_, axis) => this.rank - 1 - axis)));
  }
  broadcastTo(shape: Shape): Tensor {
    return new Tensor(ops.broadcastTo(this.node, shape));
  }
  /** Elements from `starts`, `sizes` many an axis (-1: to the end), every `strides`-th. */
  slice(starts: readonly number[], sizes: readonly number[], strides?: readonly number[]): Tensor {
    return convert.slice(this, starts, sizes, strides);
  }
  /** `value` added before and after, as many an axis as `low` and `high` say. */
  pad(low: readonly number[], high: readonly number[], value = 0): Tensor {
    return new Tensor(ops.pad(this.node, low, high, undefined, value));
  }
  reverse(axes: Axes): Tensor {
    return new Tensor(ops.reverse(this.node, convert.axesOf(axes, this.rank, "reverse")));
  }
  /** Without the given axes, or all axes, of extent 1. */
  squeeze(axes?: Axes): Tensor {
    return convert.squeeze(this, axes);
  }
  expandDims(axis: number): Tensor {
    return convert.expandDims(this, axis);
  }

  sum(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return convert.reduce("sum", ops.reduceSum, this, axes, options);
  }
  mean(axes?: Axes, options: ReduceOptions = {}): Tensor {
    const count = convert.axesOf(axes, this.rank, "mean").reduce((product, axis) => product * (this.shape[axis] ?? 1), 1);
    return convert.toFloat(this).sum(axes, options).mul(1 / count);
  }
  max(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return convert.reduce("max", ops.reduceMax, this, axes, options);
  }
  min(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return convert.reduce("min", ops.reduceMin, this, axes, options);
  }
  prod(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return convert.reduce("prod", ops.reduceProduct, this, axes, options);
  }
  /** Place of the first maximum along an axis, as i32. */
  argMax(axis = -1): Tensor {
    const [normalized] = convert.axesOf(axis, this.rank, "argMax");
    return new Tensor(ops.argMax(this.node, normalized ?? 0));
  }
  /** exp(x) / sum(exp(x)) along an axis. */
  softmax(axis = -1): Tensor {
    const shifted = this.sub(convert.stop(this.max(axis, { keepDims: true }))).exp();
    return shifted.div(shifted.sum(axis, { keepDims: true }));
  }
  /** log(softmax(x)), without loss of precision. */
  logSoftmax(axis = -1): Tensor {
    const shifted = this.sub(convert.stop(this.max(axis, { keepDims: true })));
    return shifted.sub(shifted.exp().sum(axis, { keepDims: true }).log());
  }
  /** log(sum(exp(x))) over axes, without overflow. */
  logSumExp(axes?: Axes, options: ReduceOptions = {}): Tensor {
    const peak = convert.stop(this.max(axes, { keepDims: true }));
    const sum = this.sub(peak).exp().sum(axes, { keepDims: true }).log().add(peak);
    return options.keepDims === true ? sum : convert.dropAxes(sum, convert.axesOf(axes, this.rank, "logSumExp"));
  }

  /** Matrix product over the last two axes; leading axes broadcast, vectors as in NumPy. */
  matMul(other: Tensor): Tensor {
    return convert.matMul(this, other);
  }
  /** Rows (places along axis 0) that an i32 index of any shape names; outside ones are clamped. */
  take(index: Tensor): Tensor {
    return new Tensor(ops.takeRows(this.node, index.cast("i32").node));
  }
}

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
