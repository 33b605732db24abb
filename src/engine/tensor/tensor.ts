// Tensor: a node of a graph, with the operations as methods. Operations only record; reading computes.
// Nobody needs to dispose: memory returns when a tensor is no longer reachable.

import { isFloating, type DType, type HostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { normalizeAxes, normalizeAxis, sizeOf, type Shape } from "#engine/base/shape.ts";
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
      throw new SinterError(
        "shape",
        `item: a tensor of shape [${this.shape.join(", ")}] has ${this.size} elements. Use data().`,
      );
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
    return this.#with("add", ops.add, other);
  }
  sub(other: TensorLike): Tensor {
    return this.#with("sub", ops.subtract, other);
  }
  mul(other: TensorLike): Tensor {
    return this.#with("mul", ops.multiply, other);
  }
  /** Quotient in f32; integers are converted first. */
  div(other: TensorLike): Tensor {
    return this.cast("f32").#with("div", ops.divide, other);
  }
  pow(other: TensorLike): Tensor {
    return new Tensor(convert.power(this.cast("f32").node, nodeOf(other)));
  }
  /** Remainder with the sign of the divisor. */
  mod(other: TensorLike): Tensor {
    return this.#with("mod", ops.modulo, other);
  }
  /** Quotient rounded down. */
  floorDiv(other: TensorLike): Tensor {
    const isFloat = isFloating(this.dtype) || (typeof other !== "number" && isFloating(other.dtype));
    return isFloat ? this.div(other).floor() : this.#with("floorDiv", ops.floorDivide, other);
  }
  maximum(other: TensorLike): Tensor {
    return this.#with("maximum", ops.maximum, other);
  }
  minimum(other: TensorLike): Tensor {
    return this.#with("minimum", ops.minimum, other);
  }
  clip(low: number, high: number): Tensor {
    return this.maximum(low).minimum(high);
  }

  equal(other: TensorLike): Tensor {
    return this.#with("equal", ops.equal, other);
  }
  notEqual(other: TensorLike): Tensor {
    return this.#with("notEqual", ops.notEqual, other);
  }
  less(other: TensorLike): Tensor {
    return this.#with("less", ops.less, other);
  }
  lessEqual(other: TensorLike): Tensor {
    return this.#with("lessEqual", ops.lessEqual, other);
  }
  greater(other: TensorLike): Tensor {
    return this.#with("greater", (x, y) => ops.less(y, x), other);
  }
  greaterEqual(other: TensorLike): Tensor {
    return this.#with("greaterEqual", (x, y) => ops.lessEqual(y, x), other);
  }
  and(other: Tensor): Tensor {
    return new Tensor(convert.logical("and", ops.logicalAnd, this.node, other.node));
  }
  or(other: Tensor): Tensor {
    return new Tensor(convert.logical("or", ops.logicalOr, this.node, other.node));
  }
  not(): Tensor {
    return new Tensor(ops.logicalNot(convert.cast(this.node, "bool")));
  }

  neg(): Tensor {
    return new Tensor(ops.negate(convert.widen(this.node)));
  }
  abs(): Tensor {
    return new Tensor(ops.abs(convert.widen(this.node)));
  }
  sign(): Tensor {
    return new Tensor(ops.sign(convert.widen(this.node)));
  }
  square(): Tensor {
    return this.mul(this);
  }
  exp(): Tensor {
    return this.#float(ops.exp);
  }
  expm1(): Tensor {
    return this.#float(ops.expm1);
  }
  log(): Tensor {
    return this.#float(ops.log);
  }
  log1p(): Tensor {
    return this.#float(ops.log1p);
  }
  sqrt(): Tensor {
    return this.#float(ops.sqrt);
  }
  tanh(): Tensor {
    return this.#float(ops.tanh);
  }
  sin(): Tensor {
    return this.#float(ops.sin);
  }
  cos(): Tensor {
    return this.#float(ops.cos);
  }
  erf(): Tensor {
    return this.#float(ops.erf);
  }
  floor(): Tensor {
    return this.#float(ops.floor);
  }
  ceil(): Tensor {
    return this.#float(ops.ceil);
  }
  /** To the nearest integer, half to even. */
  round(): Tensor {
    return this.#float(ops.round);
  }
  /** max(x, 0); its slope at 0 is 0. */
  relu(): Tensor {
    return this.#float(ops.relu);
  }
  /** 1 / (1 + exp(-x)) */
  sigmoid(): Tensor {
    return this.#float(convert.sigmoid);
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
    return new Tensor(convert.slice(this.node, { starts, sizes, strides }));
  }
  /** `value` added before and after, as many an axis as `low` and `high` say. */
  pad(low: readonly number[], high: readonly number[], value = 0): Tensor {
    return new Tensor(ops.pad(this.node, low, high, undefined, value));
  }
  reverse(axes: Axes): Tensor {
    return new Tensor(ops.reverse(this.node, normalizeAxes(axes, this.rank, "reverse")));
  }
  /** Without the given axes, or all axes, of extent 1. */
  squeeze(axes?: Axes): Tensor {
    return this.reshape(convert.squeezedShape(this.shape, axes));
  }
  expandDims(axis: number): Tensor {
    return this.reshape(convert.expandedShape(this.shape, axis));
  }

  sum(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return this.#reduce("sum", ops.reduceSum, axes, options);
  }
  mean(axes?: Axes, options: ReduceOptions = {}): Tensor {
    const list = normalizeAxes(axes, this.rank, "mean");
    const count = list.reduce((product, axis) => product * (this.shape[axis] ?? 1), 1);
    return this.cast("f32")
      .sum(list, options)
      .mul(1 / count);
  }
  max(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return this.#reduce("max", ops.reduceMax, axes, options);
  }
  min(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return this.#reduce("min", ops.reduceMin, axes, options);
  }
  prod(axes?: Axes, options: ReduceOptions = {}): Tensor {
    return this.#reduce("prod", ops.reduceProduct, axes, options);
  }
  /** Place of the first maximum along an axis, as i32. */
  argMax(axis = -1): Tensor {
    return new Tensor(ops.argMax(this.node, normalizeAxis(axis, this.rank, "argMax")));
  }
  /** exp(x) / sum(exp(x)) along an axis. */
  softmax(axis = -1): Tensor {
    return this.#float((x) => convert.softmax(x, normalizeAxis(axis, this.rank, "softmax")));
  }
  /** log(softmax(x)), without loss of precision. */
  logSoftmax(axis = -1): Tensor {
    return this.#float((x) => convert.logSoftmax(x, normalizeAxis(axis, this.rank, "logSoftmax")));
  }
  /** log(sum(exp(x))) over axes, without overflow. */
  logSumExp(axes?: Axes, options: ReduceOptions = {}): Tensor {
    const list = normalizeAxes(axes, this.rank, "logSumExp");
    const sum = this.#float((x) => convert.logSumExp(x, list));
    return options.keepDims === true ? sum : sum.squeeze(list);
  }

  /** Matrix product over the last two axes; leading axes broadcast, vectors as in NumPy. */
  matMul(other: Tensor): Tensor {
    return new Tensor(convert.matMul(this.node, other.node));
  }
  /** Rows (places along axis 0) that an i32 index of any shape names; outside ones are clamped. */
  take(index: Tensor): Tensor {
    return new Tensor(ops.takeRows(this.node, convert.cast(index.node, "i32")));
  }
  /** The tensor with each of `rows` added to the row that an i32 index names, in order; outside ones are left out. */
  addRows(index: Tensor, rows: Tensor): Tensor {
    const updates = convert.cast(rows.node, this.dtype);
    return new Tensor(ops.scatterAddRows(this.node, convert.cast(index.node, "i32"), updates));
  }

  #with(name: string, operation: (x: Node, y: Node) => Node, other: TensorLike): Tensor {
    return new Tensor(convert.arithmetic(name, operation, this.node, nodeOf(other)));
  }

  #float(operation: (x: Node) => Node): Tensor {
    return new Tensor(operation(convert.cast(this.node, "f32")));
  }

  #reduce(
    name: string,
    operation: (x: Node, axes: readonly number[]) => Node,
    axes: Axes | undefined,
    options: ReduceOptions,
  ): Tensor {
    return new Tensor(convert.reduce(name, operation, this.node, axes, options.keepDims ?? false));
  }
}

function nodeOf(operand: TensorLike): Node | number {
  return typeof operand === "number" ? operand : operand.node;
}

/** Whether a value is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
