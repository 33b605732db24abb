// How a batch axis, first of all, is folded into another axis and taken out again.

import type { Node } from "#engine/graph/graph.ts";
import { at } from "#engine/ops/check.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { transpose } from "#engine/ops/transpose.ts";

/** [n, …] with the first axis merged into axis `axis` of what follows it: that axis then runs n times. */
export function foldBatch(x: Node, axis: number): Node {
  const [size = 0, ...shape] = x.type.shape;
  const order = Array.from(shape, (_extent, index) => index + 1).toSpliced(axis, 0, 0);
  return reshape(transpose(x, order), shape.with(axis, size * at(shape, axis)));
}

/** Undoes `foldBatch`. */
export function unfoldBatch(x: Node, axis: number, size: number): Node {
  const { shape } = x.type;
  const split = reshape(x, shape.toSpliced(axis, 1, size, size === 0 ? 0 : at(shape, axis) / size));
  const order = Array.from(split.type.shape, (_extent, index) => index).filter((index) => index !== axis);
  return transpose(split, [axis, ...order]);
}

/** Axes behind a batch axis. */
export function shifted(axes: readonly number[]): number[] {
  return axes.map((axis) => axis + 1);
}
