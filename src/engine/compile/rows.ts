// Rows: reductions over the same axes of arrays of one shape, as in a softmax or a norm. One kernel computes them stage
// by stage, and what is needed of every element after them. Decides nothing about loops.

import { BugError } from "#engine/base/error.ts";
import { sameShape, sizeOf, stridesOf } from "#engine/base/shape.ts";
import { axis, constant, rewrite, walk, type Expression } from "#engine/graph/expression.ts";
import type { Node } from "#engine/graph/graph.ts";
import { keyOf, linearExpression, linearPlace } from "#engine/compile/linear.ts";
import type { Forms, Reader } from "#engine/compile/inline.ts";

/** Reductions of more elements than this, over few places, are split. */
const splitWork = 65536;
/** Elements that a part visits, about. */
const partWork = 16384;
const mostParts = 128;

/** How many parts of a long reduction with few results are given to several threads; 1 where it is not split. */
export function numSplits(space: readonly number[], window: readonly number[]): number {
  const places = Math.min(sizeOf(space), 64);
  if (sizeOf(window) * places < splitWork || sizeOf(space) > 4096) return 1;
  const wanted = Math.ceil((sizeOf(window) * places) / partWork / Math.max(1, Math.floor(sizeOf(space) / 64)));
  return Math.max(1, Math.min(wanted, mostParts, Math.ceil((window[0] ?? 1) / 4)));
}

/** What is reduced, and how its axes became rows and what is walked in a row. */
export interface Rows {
  /** Shape of what is reduced. */
  readonly shape: readonly number[];
  /** Extents of the rows: the shape of the results. */
  readonly space: readonly number[];
  readonly window: readonly number[];
  /** The place of an element, from its row's axes and then the window's. */
  readonly at: readonly Expression[];
}

/** The rows that a node reduces; undefined where it is no plain reduction. */
export function rowsOf(forms: Forms, node: Node): Rows | undefined {
  const form = forms.of(node);
  const [source] = node.inputs;
  if (form.kind !== "reduce" || form.combiner === "argmax" || form.value.kind !== "read") return undefined;
  if (source === undefined || node.inputs.length !== 1) return undefined;
  const { at } = form.value;
  const numbers = new Set(at.map((place) => (place.kind === "axis" ? place.axis : -1)));
  if (numbers.has(-1) || numbers.size !== node.type.shape.length + form.extents.length) return undefined;
  return { shape: source.type.shape, space: node.type.shape, window: form.extents, at };
}

/** Whether two reductions walk the same rows. */
export function sameRows(one: Rows, other: Rows): boolean {
  return (
    sameShape(one.shape, other.shape) &&
    sameShape(one.space, other.space) &&
    one.at.every((place, index) => keyOf(place) === keyOf(other.at[index] ?? constant(-1)))
  );
}

/** What a node can be in a kernel of these rows: one more reduction, a value a row, or a value an element. */
export function roleIn(forms: Forms, node: Node, rows: Rows): "reduction" | "row" | "element" | undefined {
  const own = rowsOf(forms, node);
  if (own !== undefined) return sameRows(own, rows) ? "reduction" : undefined;
  if (forms.of(node).kind !== "map") return undefined;
  if (placeWithin(node, rows.space, ownAxes(rows.space.length)) !== undefined) return "row";
  return placeWithin(node, rows.shape, rows.at) === undefined ? undefined : "element";
}

/** The value that a node has, or takes in when it reduces, over the axes of the rows and the window. */
export function valueOverRows(reader: Reader, forms: Forms, node: Node, { at, space, shape }: Rows): Expression {
  const form = forms.of(node);
  if (form.kind === "reduce") return reader.expand(node, form.value, ownAxes(at.length));
  const place = placeWithin(node, space, ownAxes(space.length)) ?? placeWithin(node, shape, at);
  if (form.kind !== "map" || place === undefined) throw new BugError(`A ${form.kind} does not work on these rows.`);
  return reader.expand(node, form.value, place);
}

/** A node's place where another shape's is known; the two may differ in axes of extent 1. */
function placeWithin(node: Node, shape: readonly number[], at: readonly Expression[]): Expression[] | undefined {
  const isLong = (extent: number): boolean => extent !== 1;
  const places = at.filter((_, index) => shape[index] !== 1);
  if (!sameShape(node.type.shape.filter(isLong), shape.filter(isLong))) return undefined;
  let next = 0;
  return node.type.shape.map((extent) => (isLong(extent) ? (places[next++] ?? constant(0)) : constant(0)));
}

/** The row-major position of an element. */
export function positionOf({ at, shape }: Rows): Expression {
  return linearExpression(linearPlace(at, stridesOf(shape)));
}

/** Whether every read of these operands is of the element's own row. */
export function readsOwnRow(value: Expression, { space }: Rows, isRowNode: (operand: number) => boolean): boolean {
  const own = linearPlace(ownAxes(space.length), stridesOf(space));
  let isOwn = true;
  walk(value, (part) => {
    if (part.kind !== "read" || !isRowNode(part.operand)) return;
    const place = linearPlace(
      part.at.map((one) => withoutSingles(one, space)),
      stridesOf(space),
    );
    isOwn &&= keyOf(linearExpression(place)) === keyOf(withoutSingles(linearExpression(own), space));
  });
  return isOwn;
}

/** An axis of extent 1 is always at 0. */
function withoutSingles(place: Expression, space: readonly number[]): Expression {
  return rewrite(place, (part) => (part.kind === "axis" && space[part.axis] === 1 ? constant(0) : undefined));
}

function ownAxes(rank: number): Expression[] {
  return Array.from({ length: rank }, (_, number) => axis(number));
}
