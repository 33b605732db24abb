// Rules of primitives that move elements, repeat them or make them from their place.

import type { Node } from "#engine/graph/graph.ts";
import { fixedExtent, isFixed, isOne, sameExtent, type Extent } from "./write-extents.ts";
import { dataTypeOf } from "./write-model.ts";
import { Formula, labelOf, nth, repeated, type RuleOf } from "./write-rule.ts";
import { int, type Scope } from "./write-scope.ts";
import { hostArray } from "#engine/base/dtype.ts";
import {
  heldExtents,
  inOrder,
  known,
  made,
  nameOf,
  orderOf,
  rankOf,
  solid,
  straight,
  transposed,
  withLeadingOnes,
  type Made,
  type Value,
} from "./write-value.ts";

/** ONNX's ends of an axis, whatever its extent. */
const toEnd = Number(2n ** 31n - 1n);
const toBegin = -toEnd;

const constant: RuleOf = (node) => ({
  inputs: [],
  write: (_values, scope) => {
    const { dtype, shape } = node.type;
    const value = Number(node.attributes["value"]);
    if (dtype !== "f16" && dtype !== "bf16") return repeated(value, dtype, shape.length);
    return new Formula(scope).cast(repeated(value, "f32", shape.length), dtype);
  },
});

const iota: RuleOf = (node, facts) => ({
  inputs: [],
  write: (_values, scope) => {
    const axis = Number(node.attributes["axis"]);
    const extents = facts.extents(node);
    const { dtype } = node.type;
    const length = nth(extents, axis);
    const held = extents.map((_extent, index) => (index === axis ? length : fixedExtent(1)));
    if (isFixed(length)) {
      const data = hostArray(dtype, length.fixed).map((_value, index) => index);
      const shape = held.map(({ fixed }) => fixed);
      return known(dtype, shape, data, "places");
    }
    const outer = scope.outermost;
    const count = outer.emit("Squeeze", [outer.extents([length])]);
    const [start, step] = [outer.sheet.integers([0]), outer.sheet.integers([1])].map((name) =>
      outer.emit("Squeeze", [name]),
    );
    const range = outer.emit("Range", [start ?? "", count, step ?? ""]);
    const cast = outer.emit("Cast", [range], { to: int(dataTypeOf(dtype)) });
    return made(outer.emit("Reshape", [cast, outer.target(held)]), dtype, held, outer);
  },
});

/** Left to whoever needs the repeated elements. */
const broadcastTo: RuleOf = (node) => ({
  inputs: node.inputs,
  write: (values) => withLeadingOnes(nth(values, 0), node.type.shape.length - rankOf(nth(values, 0))),
});

/** Axes that ONNX's tensor keeps as they are. */
const transpose: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values) => {
    const value = nth(values, 0);
    const permutation = facts.fixedNumbers(node, "permutation");
    const order = permutation.map((from) => nth(orderOf(value), from));
    if (value.kind === "made") return { ...value, order };
    const to = straight(order.length);
    permutation.forEach((from, axis) => {
      to[from] = axis;
    });
    const data = transposed(value.data, value.dtype, value.shape, to);
    return known(
      value.dtype,
      permutation.map((from) => nth(value.shape, from)),
      data,
      value.label,
    );
  },
});

const reshape: RuleOf = (node, facts) => {
  const input = nth(node.inputs, 0);
  return {
    inputs: [input],
    write: (values, scope) => {
      const from = facts.extents(input);
      const to = facts.extents(node);
      const value = nth(values, 0);
      const kept = keptExtents(heldExtents(value), from, to);
      if (kept === undefined)
        return flattened(nameOf(value, { order: straight(from.length), extents: from }, scope), node, to, scope);
      if (value.kind === "known") return { ...value, shape: kept.map(({ fixed }) => fixed), written: new Map() };
      return withOnes(value, from, kept, scope);
    },
  };
};

function flattened(name: string, node: Node, to: readonly Extent[], scope: Scope): Made {
  return made(scope.emit("Reshape", [name, scope.target(to)]), node.type.dtype, to, scope);
}

/** What is held of the result where a reshape only adds or drops axes of extent 1. */
function keptExtents(
  held: readonly Extent[],
  from: readonly Extent[],
  to: readonly Extent[],
): readonly Extent[] | undefined {
  const source = [...straight(from.length)].filter((axis) => !isOne(nth(from, axis)));
  const target = [...straight(to.length)].filter((axis) => !isOne(nth(to, axis)));
  const isSame =
    source.length === target.length &&
    source.every((axis, index) => sameExtent(nth(from, axis), nth(to, nth(target, index))));
  if (!isSame) return undefined;
  return to.map((extent, axis) => {
    const index = target.indexOf(axis);
    return index === -1 ? extent : nth(held, nth(source, index));
  });
}

/** The same elements with other axes of extent 1. */
function withOnes(value: Made, from: readonly Extent[], held: readonly Extent[], scope: Scope): Made {
  const counted = value.order.filter((_at, axis) => !isOne(nth(from, axis)));
  const isStraight = counted.every((at, index) => index === 0 || at > nth(counted, index - 1));
  const rank = held.length;
  const name = isStraight ? value.name : nameOf(value, { order: straight(from.length) }, scope);
  const isLeading = isStraight && isOnlyLeading(solidExtents(value), held);
  if (isLeading) return { ...value, held, order: straight(rank), missing: rank - (value.held.length - value.missing) };
  const source = isStraight ? solid(value).name : name;
  const shape = value.scope.target(held);
  const reshaped = value.scope.once(`reshape ${source} ${shape}`, () => value.scope.emit("Reshape", [source, shape]));
  return made(reshaped, value.dtype, held, value.scope);
}

/** Extents of the tensor itself. */
function solidExtents(value: Made): readonly Extent[] {
  return value.held.slice(value.missing);
}

/** Whether the tensor already is what is wanted but for leading axes of extent 1. */
function isOnlyLeading(own: readonly Extent[], wanted: readonly Extent[]): boolean {
  const numNew = wanted.length - own.length;
  return (
    numNew >= 0 &&
    wanted.every((extent, axis) => (axis < numNew ? isOne(extent) : sameExtent(extent, nth(own, axis - numNew))))
  );
}

/** The whole value in the order in which it is held. */
function wholeAsHeld(
  value: Value,
  extents: readonly Extent[],
  scope: Scope,
): { name: string; order: readonly number[] } {
  const order = orderOf(value);
  return { name: nameOf(value, { order, extents }, scope), order };
}

function heldAs(name: string, node: Node, extents: readonly Extent[], order: readonly number[], scope: Scope): Made {
  return { kind: "made", name, dtype: node.type.dtype, held: inOrder(extents, order), order, missing: 0, scope };
}

const slice: RuleOf = (node, facts) => {
  const input = nth(node.inputs, 0);
  return {
    inputs: [input],
    write: (values, scope) => {
      const from = facts.extents(input);
      const [starts, ends] = [facts.numbers(node, "starts"), facts.numbers(node, "ends")];
      const strides = facts.fixedNumbers(node, "strides");
      const { name, order } = wholeAsHeld(nth(values, 0), from, scope);
      const cut = straight(from.length).filter((axis) => {
        const isWhole = isZero(nth(starts, axis)) && sameExtent(nth(ends, axis), nth(from, axis));
        return !isWhole || strides[axis] !== 1;
      });
      const endOf = (axis: number): Extent =>
        sameExtent(nth(ends, axis), nth(from, axis)) ? fixedExtent(toEnd) : nth(ends, axis);
      const sliced = scope.emit("Slice", [
        name,
        scope.extents(cut.map((axis) => nth(starts, axis))),
        scope.extents(cut.map(endOf)),
        scope.sheet.integers(cut.map((axis) => nth(order, axis))),
        scope.sheet.integers(cut.map((axis) => nth(strides, axis))),
      ]);
      return heldAs(sliced, node, facts.extents(node), order, scope);
    },
  };
};

function isZero({ perSample, fixed }: Extent): boolean {
  return perSample === 0 && fixed === 0;
}

const reverse: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const axes = facts.fixedNumbers(node, "axes");
    const { name, order } = wholeAsHeld(nth(values, 0), facts.extents(node), scope);
    const list = (value: number): string => scope.sheet.integers(axes.map(() => value));
    const places = scope.sheet.integers(axes.map((axis) => nth(order, axis)));
    const reversed = scope.emit("Slice", [name, list(-1), list(toBegin), places, list(-1)]);
    return heldAs(reversed, node, facts.extents(node), order, scope);
  },
});

const pad: RuleOf = (node, facts) => {
  const input = nth(node.inputs, 0);
  const interior = facts.fixedNumbers(node, "interior");
  if (interior.some((gap) => gap > 0)) return undefined;
  return {
    inputs: [input],
    write: (values, scope) => {
      const { name, order } = wholeAsHeld(nth(values, 0), facts.extents(input), scope);
      const [low, high] = [facts.numbers(node, "low"), facts.numbers(node, "high")];
      const pads = scope.extents([...inOrder(low, order), ...inOrder(high, order)]);
      const value = nameOf(
        repeated(Number(node.attributes["value"]), node.type.dtype, 0),
        { order: [], isLoose: true },
        scope,
      );
      return heldAs(scope.emit("Pad", [name, pads, value]), node, facts.extents(node), order, scope);
    },
  };
};

const concatenate: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const first = values.find((value) => value.kind === "made") ?? nth(values, 0);
    const order = orderOf(first);
    const names = values.map((value, index) =>
      nameOf(value, { order, extents: facts.extents(nth(node.inputs, index)) }, scope),
    );
    const axis = int(nth(order, Number(node.attributes["axis"])));
    return heldAs(scope.emit("Concat", names, { axis }, labelOf(values)), node, facts.extents(node), order, scope);
  },
});

/** An index outside takes the nearest row, where Gather would fail. */
const takeRows: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const [table, index] = [nth(values, 0), nth(values, 1)];
    const [tableNode, indexNode] = [nth(node.inputs, 0), nth(node.inputs, 1)];
    const formula = new Formula(scope);
    const numRows = nth(facts.extents(tableNode), 0);
    const wide = index.dtype === "i32" ? index : formula.cast(index, "i32");
    const inside = isFixed(numRows) ? formula.of("Max", formula.of("Min", wide, numRows.fixed - 1), 0) : wide;
    const rows = nameOf(table, { order: straight(rankOf(table)), extents: facts.extents(tableNode) }, scope);
    const places = nameOf(inside, { order: straight(rankOf(inside)), extents: facts.extents(indexNode) }, scope);
    const taken = scope.emit("Gather", [rows, places], { axis: int(0) }, labelOf(values));
    return made(taken, node.type.dtype, facts.extents(node), scope);
  },
});

/** Rows that are added by index; those outside are added nowhere, here as zeros to the first row. */
const scatterAddRows: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const [base, index, updates] = [nth(values, 0), nth(values, 1), nth(values, 2)];
    const [, indexNode, updatesNode] = node.inputs;
    const [places, rows] = [facts.extents(indexNode ?? node), facts.extents(updatesNode ?? node)];
    const formula = new Formula(scope);
    const { fixed } = nth(facts.extents(node), 0);
    const wide = index.dtype === "i32" ? index : formula.cast(index, "i32");
    const isInside = formula.test("And", formula.test("GreaterOrEqual", wide, 0), formula.test("Less", wide, fixed));
    const inside = nameOf(
      formula.choose(isInside, wide, 0),
      { order: straight(places.length), extents: places },
      scope,
    );
    const cast = scope.emit("Cast", [inside], { to: int(dataTypeOf("i64")) });
    const columns = scope.emit("Unsqueeze", [cast, scope.sheet.integers([-1])]);
    const numAxes = rows.length - places.length;
    const condition = nameOf(isInside, { order: straight(places.length), extents: places }, scope);
    const column = [...places, ...straight(numAxes).map(() => fixedExtent(1))];
    const counted = made(scope.emit("Reshape", [condition, scope.target(column)]), "bool", column, scope);
    const added = formula.choose(counted, updates, 0);
    const whole = [
      nameOf(base, { order: straight(rankOf(base)), extents: facts.extents(node) }, scope),
      columns,
      nameOf(added, { order: straight(rows.length), extents: rows }, scope),
    ];
    const reduction = { reduction: { kind: "string", value: "add" } } as const;
    return made(scope.emit("ScatterND", whole, reduction), node.type.dtype, facts.extents(node), scope);
  },
});

export const movementRules: Readonly<Record<string, RuleOf>> = {
  constant,
  iota,
  broadcastTo,
  transpose,
  reshape,
  slice,
  reverse,
  pad,
  concatenate,
  takeRows,
  scatterAddRows,
};
