// dot: sums of products over paired axes of two tensors, for each place of paired batch axes.

import { SinterError } from "#engine/base/error.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis } from "#engine/graph/expression.ts";
import { definePrimitive, type BatchedInput, type Operand, type Primitive } from "#engine/graph/primitive.ts";
import { shifted } from "#engine/ops/batching.ts";
import { at, requireDType, requireSameDType, shapeError } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";
import { invert, transpose } from "#engine/ops/transpose.ts";

/** Which axes are summed and which run together, in pairs: the i-th of left with the i-th of right. */
export interface DotAxes {
  readonly leftContract: readonly number[];
  readonly rightContract: readonly number[];
  readonly leftBatch?: readonly number[];
  readonly rightBatch?: readonly number[];
}

interface DotAttributes {
  readonly [key: string]: readonly number[];
  readonly leftContract: readonly number[];
  readonly rightContract: readonly number[];
  readonly leftBatch: readonly number[];
  readonly rightBatch: readonly number[];
}

export const dotPrimitive: Primitive = definePrimitive<readonly [left: TensorType, right: TensorType], DotAttributes>({
  name: "dot",
  trait: "contraction",
  type: ([left, right], attributes) => {
    requireDType("dot", left, ["f32"]);
    requireSameDType("dot", left, right);
    const { leftContract, rightContract, leftBatch, rightBatch } = attributes;
    requirePairs(left, right, leftContract, rightContract);
    requirePairs(left, right, leftBatch, rightBatch);
    const freeLeft = freeAxes(left, leftContract, leftBatch);
    const freeRight = freeAxes(right, rightContract, rightBatch);
    return {
      dtype: left.dtype,
      shape: [
        ...leftBatch.map((index) => at(left.shape, index)),
        ...freeLeft.map((index) => at(left.shape, index)),
        ...freeRight.map((index) => at(right.shape, index)),
      ],
    };
  },
  lower: ([left, right], attributes, type) => {
    const { leftContract, rightContract, leftBatch, rightBatch } = attributes;
    const numFree = left.rank - leftContract.length;
    const rank = type.shape.length;
    return {
      kind: "contract",
      extents: leftContract.map((index) => at(left.type.shape, index)),
      left: read(left, leftContract, leftBatch, leftBatch.length, rank),
      right: read(right, rightContract, rightBatch, numFree, rank),
    };
  },
  vjp: ([left, right], cotangent, { leftContract, rightContract, leftBatch, rightBatch }) => {
    const x = sideOf(left, leftContract, leftBatch, leftBatch.length);
    const y = sideOf(right, rightContract, rightBatch, leftBatch.length + x.free.length);
    return [gradientOf(x, y, cotangent), gradientOf(y, x, cotangent)];
  },
  batch: ([left, right], { leftContract, rightContract, leftBatch, rightBatch }) => {
    const move = (input: BatchedInput, axes: readonly number[]): readonly number[] =>
      input.isBatched ? shifted(axes) : axes;
    const isBoth = left.isBatched && right.isBatched;
    const product = dot(left.node, right.node, {
      leftContract: move(left, leftContract),
      rightContract: move(right, rightContract),
      leftBatch: isBoth ? [0, ...shifted(leftBatch)] : move(left, leftBatch),
      rightBatch: isBoth ? [0, ...shifted(rightBatch)] : move(right, rightBatch),
    });
    // Alone, the batch axis is the first free axis of its operand.
    const numFree = left.node.type.shape.length - leftContract.length;
    const from = isBoth ? 0 : left.isBatched ? leftBatch.length : numFree;
    const others = [...product.type.shape.keys()].filter((axis) => axis !== from);
    return transpose(product, [from, ...others]);
  },
  cases: [
    { inputs: [normal([3, 4]), normal([4, 5])], attributes: options([1], [0]) },
    { inputs: [normal([4, 3]), normal([5, 4])], attributes: options([0], [1]) },
    { inputs: [normal([2, 3, 4]), normal([2, 4, 5])], attributes: options([2], [1], [0], [0]) },
    { inputs: [normal([3, 2, 4, 2]), normal([2, 4, 3, 5])], attributes: options([0, 2], [2, 1], [1], [0]) },
    { inputs: [normal([4]), normal([4])], attributes: options([0], [0]) },
    { inputs: [normal([2]), normal([3])], attributes: options([], []) },
    { inputs: [normal([2, 0]), normal([0, 3])], attributes: options([1], [0]) },
  ],
  rejects: [
    { inputs: [bits([2, 3]), bits([3, 2])], attributes: options([1], [0]), code: "dtype" },
    { inputs: [normal([2, 3]), normal([2, 3])], attributes: options([1], [0]), code: "shape" },
    { inputs: [normal([2, 3]), normal([3, 2])], attributes: options([1], []), code: "option" },
    { inputs: [normal([2, 3]), normal([3, 2])], attributes: options([2], [0]), code: "option" },
  ],
});

function options(
  leftContract: readonly number[],
  rightContract: readonly number[],
  leftBatch: readonly number[] = [],
  rightBatch: readonly number[] = [],
): DotAttributes {
  return { leftContract, rightContract, leftBatch, rightBatch };
}

interface Side {
  readonly node: Node;
  readonly contract: readonly number[];
  readonly batch: readonly number[];
  readonly free: readonly number[];
  /** Where its free axes lie in the result. */
  readonly inResult: readonly number[];
}

function sideOf(node: Node, contract: readonly number[], batch: readonly number[], firstFree: number): Side {
  const free = freeAxes(node.type, contract, batch);
  return { node, contract, batch, free, inResult: free.map((_axis, index) => firstFree + index) };
}

/** The cotangent times the other operand, in the order of factors that leaves the least to transpose. */
function gradientOf(own: Side, other: Side, cotangent: Node): Node {
  const batch = own.batch.map((_axis, index) => index);
  const summed = ordered(own.contract, other.contract);
  if (Math.min(...own.contract) < Math.min(...own.free)) {
    const product = dot(other.node, cotangent, {
      leftContract: other.free,
      rightContract: other.inResult,
      leftBatch: other.batch,
      rightBatch: batch,
    });
    return transpose(product, invert([...own.batch, ...summed, ...own.free]));
  }
  const product = dot(cotangent, other.node, {
    leftContract: other.inResult,
    rightContract: other.free,
    leftBatch: batch,
    rightBatch: other.batch,
  });
  return transpose(product, invert([...own.batch, ...own.free, ...summed]));
}

function freeAxes(type: TensorType, contract: readonly number[], batch: readonly number[]): number[] {
  return [...type.shape.keys()].filter((index) => !contract.includes(index) && !batch.includes(index));
}

/** `axes` in the order in which their partners lie in the other operand. */
function ordered(axes: readonly number[], partners: readonly number[]): number[] {
  return [...axes.keys()].toSorted((a, b) => at(partners, a) - at(partners, b)).map((index) => at(axes, index));
}

function read(
  operand: Operand,
  contract: readonly number[],
  batch: readonly number[],
  firstFree: number,
  rank: number,
): ReturnType<Operand["at"]> {
  let free = firstFree;
  return operand.at(
    ...operand.type.shape.map((_extent, index) => {
      if (contract.includes(index)) return axis(rank + contract.indexOf(index));
      if (batch.includes(index)) return axis(batch.indexOf(index));
      free += 1;
      return axis(free - 1);
    }),
  );
}

function isIn(index: number, type: TensorType): boolean {
  return index >= 0 && index < type.shape.length;
}

function requirePairs(left: TensorType, right: TensorType, a: readonly number[], b: readonly number[]): void {
  if (a.length !== b.length || !a.every((index) => isIn(index, left)) || !b.every((index) => isIn(index, right))) {
    throw new SinterError(
      "option",
      `dot: axes [${a.join(", ")}] of ${typeText(left)} with [${b.join(", ")}] of ${typeText(right)}. ` +
        "Name axes of each in pairs.",
      { leftAxes: a, rightAxes: b },
    );
  }
  if (a.every((index, pair) => left.shape[index] === right.shape[at(b, pair)])) return;
  throw shapeError(
    `dot: ${typeText(left)} and ${typeText(right)} differ along axes [${a.join(", ")}] and [${b.join(", ")}]. ` +
      "Transpose one, or pair other axes.",
    { left: left.shape, right: right.shape },
  );
}

/** Sums of products over paired axes. Result: batch axes, free axes of left, free axes of right. */
export function dot(left: Node, right: Node, { leftBatch = [], rightBatch = [], ...contract }: DotAxes): Node {
  return apply(
    dotPrimitive,
    [left, right],
    options(contract.leftContract, contract.rightContract, leftBatch, rightBatch),
  );
}
