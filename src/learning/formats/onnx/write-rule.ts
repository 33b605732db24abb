// A rule says how a node is written: from the values of which nodes, and as what operators.

import { hostArray, type DType } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import type { Node } from "#engine/graph/graph.ts";
import { fixedExtent, isFixed, isOne, type Extent } from "./write-extents.ts";
import { dataTypeOf, type OnnxAttributes, type OnnxDType } from "./write-model.ts";
import { int, type Scope } from "./write-scope.ts";
import {
  alignedTo,
  heldExtents,
  inOrder,
  known,
  nameOf,
  orderOf,
  rankOf,
  straight,
  type Known,
  type Value,
} from "./write-value.ts";

/** What rules may ask of the graph. */
export interface Facts {
  extents(node: Node): Extent[];
  /** A list of numbers among its options. */
  numbers(node: Node, name: string): Extent[];
  /** The same, where the batch has no part in it. @throws option where it has */
  fixedNumbers(node: Node, name: string): number[];
  /** Whether its numbers are known when the file is written. */
  isKnown(node: Node): boolean;
  /** How many nodes and outputs take it. */
  numUses(node: Node): number;
}

export interface Rule {
  readonly inputs: readonly Node[];
  write(values: readonly Value[], scope: Scope): Value;
}

/** The rule for a node that it fits, else nothing. */
export type RuleOf = (node: Node, facts: Facts) => Rule | undefined;

/** An element of a list whose length is known. */
export function nth<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new BugError(`Item ${index} of ${items.length}.`);
  return item;
}

/** What a tensor made by an operator is named after: the layer whose weights it takes. */
export function labelOf(values: readonly Value[]): string | undefined {
  for (const value of values) {
    const slash = value.kind === "known" ? value.label.lastIndexOf("/") : -1;
    if (value.kind === "known" && slash > 0) return value.label.slice(0, slash);
  }
  return undefined;
}

/** An operator of operands that broadcast, as one of them is held. */
export function writeElementwise(
  operator: string,
  values: readonly Value[],
  dtype: DType,
  scope: Scope,
  attributes: OnnxAttributes = {},
): Value {
  const rank = Math.max(...values.map(rankOf));
  const order = commonOrder(values, rank);
  const names = values.map((value) => nameOf(value, { order, isLoose: true }, scope));
  const held = straight(rank).map((axis) =>
    widest(values.map((value) => nth(inOrder(heldExtents(value), order), axis))),
  );
  const missing = Math.min(...values.map((value) => numMissing(value, order)));
  const name = scope.emit(operator, names, attributes, labelOf(values));
  return { kind: "made", name, dtype, held, order, missing, scope };
}

/** The order of the operand with the most axes that count; among equals of one that is not as sinter's. */
function commonOrder(values: readonly Value[], rank: number): readonly number[] {
  const orders = values
    .filter((value) => value.kind === "made")
    .map((value) => ({
      order: orderOf(value),
      size: heldExtents(value).filter((extent) => !isOne(extent)).length,
      isStraight: orderOf(value).every((at, axis) => at === axis),
    }))
    .toSorted((a, b) => b.size - a.size || Number(a.isStraight) - Number(b.isStraight));
  return orders[0]?.order ?? straight(rank);
}

function widest(extents: readonly Extent[]): Extent {
  return (
    extents.find((extent) => !isFixed(extent)) ?? fixedExtent(extents.find((extent) => !isOne(extent))?.fixed ?? 1)
  );
}

function numMissing(value: Value, order: readonly number[]): number {
  if (value.kind === "made") return alignedTo(value, order).missing;
  const first = inOrder(value.shape, order).findIndex((extent) => extent !== 1);
  return first === -1 ? value.shape.length : first;
}

/** Operators over values and numbers, which take the dtype of the first value. */
export class Formula {
  readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** An operator whose result has the dtype of its first value. */
  of(operator: string, ...operands: readonly (Value | number)[]): Value {
    const dtype = firstValue(operands).dtype;
    return writeElementwise(operator, valuesOf(operands), dtype, this.scope);
  }

  /** A comparison. */
  test(operator: string, ...operands: readonly (Value | number)[]): Value {
    return writeElementwise(operator, valuesOf(operands), "bool", this.scope);
  }

  /** One of two, as a condition says; one of them at least is a value. */
  choose(condition: Value, ...operands: readonly (Value | number)[]): Value {
    const dtype = firstValue(operands).dtype;
    return writeElementwise("Where", [condition, ...valuesOf(operands)], dtype, this.scope);
  }

  cast(value: Value, dtype: OnnxDType, kept: DType = value.dtype): Value {
    const to = { to: int(dataTypeOf(dtype)) };
    return writeElementwise("Cast", [value], dtype === "i64" || dtype === "u32" ? kept : dtype, this.scope, to);
  }
}

function firstValue(operands: readonly (Value | number)[]): Value {
  const found = operands.find((operand) => typeof operand !== "number");
  if (found === undefined || typeof found === "number") throw new BugError("A formula of numbers alone.");
  return found;
}

function valuesOf(operands: readonly (Value | number)[]): Value[] {
  const like = firstValue(operands);
  return operands.map((operand) =>
    typeof operand === "number" ? repeated(operand, like.dtype, rankOf(like)) : operand,
  );
}

/** A number as a value of any shape of this rank. */
export function repeated(value: number, dtype: DType, rank: number): Known {
  const data = hostArray(dtype, 1);
  data[0] = value;
  return known(
    dtype,
    straight(rank).map(() => 1),
    data,
    "number",
  );
}
