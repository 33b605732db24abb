// Sums over the iterations of a loop that are cheaper as one computation behind it: the gradient of a weight is one product
// over all rows instead of many that are added up.

import { isFloating } from "#engine/base/dtype.ts";
import { apply, type Node } from "#engine/graph/graph.ts";
import { lowerNode } from "#engine/graph/primitive.ts";
import { addPrimitive, add } from "#engine/ops/add.ts";
import { reduceSum, reduceSumPrimitive } from "#engine/ops/broadcast-to.ts";
import { castPrimitive } from "#engine/ops/cast.ts";
import { at } from "#engine/ops/check.ts";
import { constantValue } from "#engine/ops/constant.ts";
import { convolveFilterGradientPrimitive } from "#engine/ops/convolve.ts";
import { dotPrimitive } from "#engine/ops/dot.ts";
import { negatePrimitive } from "#engine/ops/negate.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { scatterAddRows, scatterAddRowsPrimitive } from "#engine/ops/take-rows.ts";

/** A sum over all iterations. */
export interface LateSum {
  /** What each iteration must give. */
  readonly parts: readonly Node[];
  /** The sum, from the parts of all iterations as rows. */
  readonly build: (rows: readonly Node[]) => Node;
}

/**
 * How the values of a node in all iterations are added behind the loop; undefined where adding them inside is as good.
 * @param varies whether a node differs between iterations
 */
export function lateSumOf(node: Node, varies: (node: Node) => boolean): LateSum | undefined {
  const { primitive, inputs, attributes } = node;
  const [first, second, third] = inputs;
  if (first === undefined) return undefined;
  if (primitive === addPrimitive && second !== undefined) return sumOfBoth(first, second, varies);
  if (
    primitive === scatterAddRowsPrimitive &&
    constantValue(first) === 0 &&
    second !== undefined &&
    third !== undefined
  ) {
    return { parts: [second, third], build: (rows) => scatterAddRows(first, at(rows, 0), at(rows, 1)) };
  }
  if (isLinear(node)) {
    const inner = lateSumOf(first, varies);
    return inner && { ...inner, build: (rows) => apply(primitive, [inner.build(rows)], attributes) };
  }
  const overRows = inputs.every(varies) ? sumsOverRows.get(primitive) : undefined;
  return overRows && { parts: inputs, build: (rows) => overRows(node, rows) };
}

function sumOfBoth(x: Node, y: Node, varies: (node: Node) => boolean): LateSum | undefined {
  const [left, right] = [lateSumOf(x, varies), lateSumOf(y, varies)];
  if (left === undefined || right === undefined) return undefined;
  return {
    parts: [...left.parts, ...right.parts],
    build: (rows) => add(left.build(rows.slice(0, left.parts.length)), right.build(rows.slice(left.parts.length))),
  };
}

/** Whether a sum of the node's values is the node of the sum of its operand's. */
function isLinear(node: Node): boolean {
  const { primitive, inputs, type } = node;
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) return false;
  if (primitive === negatePrimitive) return true;
  if (primitive === castPrimitive) return isFloating(type.dtype) && isFloating(input.type.dtype);
  if (primitive.trait !== "movement") return false;
  const form = lowerNode(node);
  if (form.kind !== "map") return false;
  const value = form.value.kind === "guarded" ? form.value.value : form.value;
  return value.kind === "read";
}

type SumOverRows = (node: Node, rows: readonly Node[]) => Node;

/** Reductions and contractions that take the rows as one more axis to sum over. */
const sumsOverRows: ReadonlyMap<Node["primitive"], SumOverRows> = new Map<Node["primitive"], SumOverRows>([
  [dotPrimitive, (node, rows) => apply(dotPrimitive, rows, dotOverRows(node))],
  [reduceSumPrimitive, (node, rows) => reduceSum(at(rows, 0), [0, ...behind(node.attributes["axes"])])],
  [
    convolveFilterGradientPrimitive,
    // Images of all iterations are images of one batch.
    (node, rows) => apply(convolveFilterGradientPrimitive, rows.map(joinedRows), node.attributes),
  ],
]);

function dotOverRows({ attributes }: Node): Node["attributes"] {
  const { leftContract, rightContract, leftBatch, rightBatch } = attributes;
  return {
    leftContract: [0, ...behind(leftContract)],
    rightContract: [0, ...behind(rightContract)],
    leftBatch: behind(leftBatch),
    rightBatch: behind(rightBatch),
  };
}

/** Axes behind that of the rows. */
function behind(axes: Node["attributes"][string]): number[] {
  return Array.isArray(axes) ? axes.map((axis: number) => axis + 1) : [];
}

function joinedRows(rows: Node): Node {
  const [length = 0, batch = 0, ...rest] = rows.type.shape;
  return reshape(rows, [length * batch, ...rest]);
}
