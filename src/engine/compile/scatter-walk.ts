// What every scatter kernel does for one update: the loops inside of its row, and the addition where it lies inside.

import type { Expression } from "#engine/graph/expression.ts";
import * as ir from "#engine/graph/kernel.ts";
import type { KernelBuilder, Value } from "#engine/graph/kernel.ts";
import { memoryOf, type Emitter } from "#engine/compile/emitter.ts";
import type { ScatterGroup } from "#engine/compile/group.ts";
import { axesOf, isContiguousAlong } from "#engine/compile/linear.ts";

export type Range = readonly [from: Value, to: Value];

/** What the loops over the updates share. */
export interface Walk {
  readonly k: KernelBuilder;
  readonly group: ScatterGroup;
  readonly emitter: Emitter;
  readonly places: readonly Expression[];
  readonly value: Expression;
  /** Leading axes, which say the row; the others walk inside of it. */
  readonly numOuter: number;
  /** Where the result lies whose first row is row 0. */
  readonly target: Value;
  /** Lanes along the last axis; 1 where elements are added one by one. */
  readonly lanes: number;
}

/** How many leading axes of the updates say the row. */
export function numOuterAxes({ at }: ScatterGroup): number {
  return at[0] === undefined ? 0 : Math.max(-1, ...axesOf(at[0])) + 1;
}

/** Whether rows are added by vectors: long, and side by side in memory both where they are read and where they go. */
export function isWide({ extents, at, value, inputs, node }: ScatterGroup, numOuter: number, lanes: number): boolean {
  const last = extents.length - 1;
  if (last < numOuter || (extents[last] ?? 0) < 2 * lanes || node.type.shape.length !== at.length) return false;
  const isOwnPlace = (place: Expression, number: number): boolean =>
    number === 0 || (place.kind === "axis" && extents[place.axis] === node.type.shape[number]);
  const end = at[at.length - 1];
  if (!at.every(isOwnPlace) || end?.kind !== "axis" || end.axis !== last) return false;
  if (at.slice(0, -1).some((place) => axesOf(place).has(last))) return false;
  const shapes = inputs.map((input) => input.type.shape);
  return !axesOf(value).has(last) || isContiguousAlong(value, last, shapes);
}

/** The loops inside of a row. */
export function enterInner(walk: Walk, depth: number, inside: { readonly row: Value; readonly columns: Range }): void {
  const { k, group, emitter, lanes } = walk;
  const { extents } = group;
  if (depth === extents.length) {
    addTo(walk, inside.row, false);
    return;
  }
  const isLast = depth === extents.length - 1;
  const [from, to] = isLast ? inside.columns : [ir.int(0), ir.int(extents[depth] ?? 0)];
  const step = (index: Value, isVector: boolean): void => {
    emitter.bind(depth + 1, [[depth, index]]);
    if (isLast) addTo(walk, inside.row, isVector);
    else enterInner(walk, depth + 1, inside);
  };
  if (!isLast || lanes === 1) {
    k.loop(from, to, 1, (index) => step(index, false));
    return;
  }
  const middle = k.let(ir.subtract(to, ir.binaryValue("and", ir.subtract(to, from), ir.int(lanes - 1))));
  k.loop(from, middle, lanes, (index) => step(index, true));
  k.loop(middle, to, 1, (index) => emitter.narrow(() => step(index, false)));
}

/** result[row, …] += value, where it lies inside */
function addTo({ k, group, emitter, places, value, target }: Walk, row: Value, isVector: boolean): void {
  const { node, extents } = group;
  const at = [row, ...places.slice(1).map((place) => k.let(emitter.scalarValue(place)))];
  const memory = memoryOf(node.type.dtype);
  let position: Value = ir.int(0);
  at.forEach((place, number) => {
    position = ir.add(ir.multiply(position, ir.int(node.type.shape[number] ?? 1)), place);
  });
  const add = (): void => {
    const added = isVector ? emitter.vectorValue(value) : emitter.scalarValue(value);
    const address = k.let(ir.elementAt(target, memory, position));
    k.store(memory, address, ir.add(ir.load(added.type, memory, address), added));
  };
  const isSure = (number: number): boolean => {
    const place = group.at[number];
    return place?.kind === "axis" && extents[place.axis] === node.type.shape[number];
  };
  const doubtful = at.flatMap((place, number) =>
    number === 0 || isSure(number) ? [] : [within(place, [ir.int(0), ir.int(node.type.shape[number] ?? 1)])],
  );
  const [first, ...others] = doubtful;
  if (first === undefined) add();
  else
    k.when(
      others.reduce((left, right) => ir.binaryValue("and", left, right), first),
      add,
    );
}

/** Whether a place lies in a range. */
export function within(place: Value, [from, to]: Range): Value {
  return ir.binaryValue("and", ir.binaryValue("lessEqual", from, place), ir.less(place, to));
}
