// Rules of reductions over whole axes and over windows.

import type { Node } from "#engine/graph/graph.ts";
import { dependent, fixedExtent, type Extent } from "./write-extents.ts";
import { dataTypeOf, type OnnxAttributes } from "./write-model.ts";
import { product } from "./write-products.ts";
import { nth, type Facts, type Rule, type RuleOf } from "./write-rule.ts";
import { int, ints, type Scope } from "./write-scope.ts";
import {
  channelsFirst,
  inOrder,
  made,
  nameOf,
  orderOf,
  rankOf,
  straight,
  type Made,
  type Value,
} from "./write-value.ts";

/** ONNX's operator for a reduction of sinter's. */
const reducers: Readonly<Record<string, string>> = {
  reduceSum: "ReduceSum",
  reduceMax: "ReduceMax",
  reduceMin: "ReduceMin",
  reduceProduct: "ReduceProd",
};

/** What is reduced, and by which operator. */
export interface Reduction {
  readonly operator: string;
  readonly input: Node;
  readonly axes: readonly number[];
}

/** The reduction that a node is. */
export function reductionOf(node: Node, facts: Facts): Reduction | undefined {
  const operator = reducers[node.primitive.name];
  return operator === undefined
    ? undefined
    : { operator, input: nth(node.inputs, 0), axes: facts.fixedNumbers(node, "axes") };
}

/** Writes a reduction; where they are kept, its axes stay with extent 1. */
export function writeReduction(
  { operator, input, axes }: Reduction,
  keepDims: boolean,
  value: Value,
  facts: Facts,
  scope: Scope,
): Made {
  const extents = facts.extents(input);
  const order = orderOf(value);
  const name = nameOf(value, { order, extents }, scope);
  const places = axes.map((axis) => nth(order, axis)).toSorted((a, b) => a - b);
  const reduced = scope.emit(operator, [name, scope.sheet.integers(places)], { keepdims: int(keepDims ? 1 : 0) });
  const dtype = value.dtype;
  if (keepDims) {
    const held = inOrder(extents, order).map((extent, at) => (places.includes(at) ? fixedExtent(1) : extent));
    return { kind: "made", name: reduced, dtype, held, order, missing: 0, scope };
  }
  return { kind: "made", name: reduced, dtype, ...without(extents, order, axes), missing: 0, scope };
}

/** How a value is held without some axes of the node's. */
function without(
  extents: readonly Extent[],
  order: readonly number[],
  axes: readonly number[],
): { readonly held: readonly Extent[]; readonly order: readonly number[] } {
  const kept = straight(extents.length).filter((axis) => !axes.includes(axis));
  const places = kept.map((axis) => nth(order, axis));
  const next = places.map((place) => places.filter((other) => other < place).length);
  return {
    held: inOrder(
      kept.map((axis) => nth(extents, axis)),
      next,
    ),
    order: next,
  };
}

const reduction: RuleOf = (node, facts) => {
  const found = reductionOf(node, facts);
  if (found === undefined) return undefined;
  return {
    inputs: [found.input],
    write: (values, scope) => writeReduction(found, false, nth(values, 0), facts, scope),
  };
};

/** A position among several axes is one among their elements in a row. */
const argMax: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const axes = facts.fixedNumbers(node, "axes");
    const value = nth(values, 0);
    const extents = facts.extents(nth(node.inputs, 0));
    const kept = straight(extents.length).filter((axis) => !axes.includes(axis));
    const order = straight(extents.length);
    [...kept, ...axes].forEach((axis, at) => {
      order[axis] = at;
    });
    const name = nameOf(value, { order, extents }, scope);
    const size = product(axes.map((axis) => nth(extents, axis)));
    if (size === undefined) throw dependent("a position");
    const target = scope.target([...kept.map((axis) => nth(extents, axis)), size]);
    const rows = axes.length === 1 ? name : scope.emit("Reshape", [name, target]);
    const found = scope.emit("ArgMax", [rows], { axis: int(kept.length), keepdims: int(0) });
    const cast = scope.emit("Cast", [found], { to: int(dataTypeOf("i32")) });
    return made(cast, "i32", facts.extents(node), scope);
  },
});

/** Options of windows as ONNX's. */
function windowOptions(
  node: Node,
  facts: Facts,
): { readonly window: readonly number[]; readonly attributes: OnnxAttributes } {
  const [window, strides, low, high] = ["window", "strides", "low", "high"].map((name) =>
    facts.fixedNumbers(node, name),
  );
  return {
    window: window ?? [],
    attributes: {
      kernel_shape: ints(window ?? []),
      strides: ints(strides ?? []),
      pads: ints([...(low ?? []), ...(high ?? [])]),
    },
  };
}

/** A pooling operator over the channels of a value. */
export function writePooling(
  operator: string,
  node: Node,
  value: Value,
  { facts, scope, more = {} }: { readonly facts: Facts; readonly scope: Scope; readonly more?: OnnxAttributes },
): Made {
  const order = channelsFirst(rankOf(value));
  const name = nameOf(value, { order, extents: facts.extents(nth(node.inputs, 0)) }, scope);
  const pooled = scope.emit(operator, [name], { ...windowOptions(node, facts).attributes, ...more });
  return {
    kind: "made",
    name: pooled,
    dtype: "f32",
    held: inOrder(facts.extents(node), order),
    order,
    missing: 0,
    scope,
  };
}

const windowMax: RuleOf = (node, facts): Rule => ({
  inputs: node.inputs,
  write: (values, scope) => writePooling("MaxPool", node, nth(values, 0), { facts, scope }),
});

/** The mean of a window times the number of its places. */
const windowSum: RuleOf = (node, facts): Rule => ({
  inputs: node.inputs,
  write: (values, scope) => {
    const more = { count_include_pad: int(1) };
    const mean = writePooling("AveragePool", node, nth(values, 0), { facts, scope, more });
    const size = windowOptions(node, facts).window.reduce((product, extent) => product * extent, 1);
    return { ...mean, name: scope.emit("Mul", [mean.name, scope.sheet.scalar(size, "f32")]) };
  },
});

export const reductionRules: Readonly<Record<string, RuleOf>> = {
  reduceSum: reduction,
  reduceMax: reduction,
  reduceMin: reduction,
  reduceProduct: reduction,
  argMax,
  windowMax,
  windowSum,
};
