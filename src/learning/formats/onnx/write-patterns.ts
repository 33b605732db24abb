// Compositions that have an operator of their own in ONNX: matched from their last node downwards.

import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import { convolution, gemm, normalizedConvolution } from "./write-products.ts";
import { labelOf, nth, repeated, writeElementwise, type Facts, type Rule, type RuleOf } from "./write-rule.ts";
import { int } from "./write-scope.ts";
import { reductionOf, writePooling, writeReduction, type Reduction } from "./write-reductions.ts";
import { known, made, nameOf, orderOf, rankOf, straight, type Value } from "./write-value.ts";

function isNode(node: Node | undefined, name: string): node is Node {
  return node?.primitive.name === name;
}

/** The operand of a primitive of one, where the node is that. */
function operand(node: Node | undefined, name: string): Node | undefined {
  return isNode(node, name) ? node.inputs[0] : undefined;
}

/** The value of a constant. */
function constantOf(node: Node | undefined): number | undefined {
  return isNode(node, "constant") ? Number(node.attributes["value"]) : undefined;
}

/** 1 / (1 + exp(-x)) */
const sigmoid: RuleOf = ({ inputs: [one, sum] }) => {
  if (constantOf(one) !== 1 || !isNode(sum, "add") || constantOf(sum.inputs[0]) !== 1) return undefined;
  const x = operand(operand(sum.inputs[1], "exp"), "negate");
  if (x === undefined) return undefined;
  return { inputs: [x], write: (values, scope) => writeElementwise("Sigmoid", values, "f32", scope) };
};

/** What a node repeats along one axis that a reduction had taken away. */
function keptReduction(node: Node | undefined, name: string, facts: Facts): Reduction | undefined {
  const repeated = operand(node, "broadcastTo") ?? node;
  const reduced = operand(repeated, "reshape") ?? repeated;
  return isNode(reduced, name) ? reductionOf(reduced, facts) : undefined;
}

/** x - max(x) along an axis. */
function shifted(node: Node | undefined, facts: Facts): { readonly x: Node; readonly axis: number } | undefined {
  const x = operand(node, "subtract");
  const peak = keptReduction(node?.inputs[1], "reduceMax", facts);
  const [axis] = peak?.axes ?? [];
  if (x === undefined || peak?.input !== x || axis === undefined || peak.axes.length > 1) return undefined;
  return { x, axis };
}

function alongAxis(operator: string, x: Node, axis: number): Rule {
  return {
    inputs: [x],
    write: (values, scope) => {
      const value = nth(values, 0);
      return writeElementwise(operator, values, "f32", scope, { axis: int(nth(orderOf(value), axis)) });
    },
  };
}

/** exp(x - max) / sum(exp(x - max)) */
const softmax: RuleOf = ({ inputs: [powers, total] }, facts) => {
  const found = shifted(operand(powers, "exp"), facts);
  const sum = keptReduction(total, "reduceSum", facts);
  if (found === undefined || sum?.input !== powers || sum?.axes.join() !== `${found.axis}`) return undefined;
  return alongAxis("Softmax", found.x, found.axis);
};

/** x - max - log(sum(exp(x - max))) */
const logSoftmax: RuleOf = ({ inputs: [rest, total] }, facts) => {
  const found = shifted(rest, facts);
  const sum = keptReduction(operand(operand(total, "broadcastTo") ?? total, "log"), "reduceSum", facts);
  if (found === undefined || operand(sum?.input, "exp") !== rest || sum?.axes.join() !== `${found.axis}`)
    return undefined;
  return alongAxis("LogSoftmax", found.x, found.axis);
};

/** A reduction whose axes are put back with extent 1. */
const keptDims: RuleOf = (node, facts) => {
  const [reduced] = node.inputs;
  const reduction = reduced === undefined || facts.numUses(reduced) > 1 ? undefined : reductionOf(reduced, facts);
  if (reduction === undefined || !keepsAxes(node, reduction)) return undefined;
  return {
    inputs: [reduction.input],
    write: (values, scope) => writeReduction(reduction, true, nth(values, 0), facts, scope),
  };
};

function keepsAxes({ type: { shape } }: Node, { input, axes }: Reduction): boolean {
  const from = input.type.shape;
  return (
    shape.length === from.length && from.every((extent, axis) => shape[axis] === (axes.includes(axis) ? 1 : extent))
  );
}

/** A sum over axes divided by the number of its terms; and whether the axes stay with extent 1. */
function meanOf(node: Node | undefined, facts: Facts): (Reduction & { readonly isKept: boolean }) | undefined {
  const [sum, factor] = isNode(node, "multiply") ? node.inputs : [];
  const scale = constantOf(factor);
  const inner = operand(sum, "reshape");
  const reduced = isNode(inner, "reduceSum") ? inner : sum;
  const reduction = isNode(reduced, "reduceSum") ? reductionOf(reduced, facts) : undefined;
  if (scale === undefined || sum === undefined || reduction === undefined) return undefined;
  const { input, axes } = reduction;
  const count = axes.reduce((product, axis) => product * nth(facts.extents(input), axis).fixed, 1);
  const isKept = reduced !== sum;
  if (Math.fround(scale) !== Math.fround(1 / count) || (isKept && !keepsAxes(sum, reduction))) return undefined;
  return { operator: "ReduceMean", input, axes, isKept };
}

const mean: RuleOf = (node, facts) => {
  const found = meanOf(node, facts);
  if (found === undefined) return undefined;
  const { input, isKept } = found;
  return { inputs: [input], write: (values, scope) => writeReduction(found, isKept, nth(values, 0), facts, scope) };
};

interface Normalized {
  readonly x: Node;
  /** The first of the last axes, over which mean and variance go. */
  readonly axis: number;
  readonly epsilon: number;
}

/** (x - mean) / sqrt(variance + epsilon) over the last axes. */
function normalizedOf(node: Node | undefined, facts: Facts): Normalized | undefined {
  const [difference, deviation] = isNode(node, "divide") ? node.inputs : [];
  const x = operand(difference, "subtract");
  const shifted = operand(operand(deviation, "broadcastTo"), "sqrt");
  const epsilon = constantOf(isNode(shifted, "add") ? shifted.inputs[1] : undefined);
  const center = meanOf(operand(difference?.inputs[1], "broadcastTo"), facts);
  const spread = meanOf(operand(shifted, "add"), facts);
  const square = isNode(spread?.input, "multiply") ? spread?.input.inputs : [];
  if (x === undefined || epsilon === undefined || center?.input !== x || spread === undefined) return undefined;
  if (square?.[0] !== difference || square?.[1] !== difference) return undefined;
  const [axis = 0] = center.axes;
  const last = x.type.shape.map((_extent, at) => at).slice(axis);
  const isLast = center.axes.join() === last.join() && spread.axes.join() === last.join();
  return isLast ? { x, axis, epsilon } : undefined;
}

/** What a node repeats along the axes before those that are normalized. */
function affine(node: Node | undefined, { x, axis }: Normalized): Node | undefined {
  const source = operand(node, "broadcastTo");
  const extents = source?.type.shape ?? [];
  const rank = x.type.shape.length;
  const isOwn = extents.every((extent, at) => {
    const place = at + rank - extents.length;
    return extent === (place < axis ? 1 : x.type.shape[place]);
  });
  return isOwn ? source : undefined;
}

/** Layer normalization, times gamma where there is one, plus beta where there is one. */
const layerNormalization: RuleOf = (node, facts) => {
  const scaled = isNode(node, "add") ? node.inputs[0] : node;
  const isScaled = isNode(scaled, "multiply");
  const found = normalizedOf(isScaled ? scaled.inputs[0] : scaled, facts);
  if (found === undefined || scaled === undefined || (scaled !== node && facts.numUses(scaled) > 1)) return undefined;
  const gamma = isScaled ? affine(scaled.inputs[1], found) : undefined;
  const beta = node === scaled ? undefined : affine(node.inputs[1], found);
  if ((isScaled && gamma === undefined) || (node !== scaled && beta === undefined)) return undefined;
  return normalizationRule(found, gamma, beta, facts);
};

function normalizationRule(found: Normalized, gamma: Node | undefined, beta: Node | undefined, facts: Facts): Rule {
  const { x, axis, epsilon } = found;
  const size = sizeOf(x.type.shape.slice(axis));
  const ones = known("f32", x.type.shape.slice(axis), new Float32Array(size).fill(1), "ones");
  return {
    inputs: [x, gamma, beta].flatMap((node) => node ?? []),
    write: ([input, ...others], scope) => {
      const order = straight(x.type.shape.length);
      const scale = gamma === undefined ? ones : valueOf(others[0]);
      const shift = beta === undefined ? [] : [valueOf(others.at(-1))];
      const names = [
        nameOf(valueOf(input), { order, extents: facts.extents(x) }, scope),
        ...[scale, ...shift].map((value) =>
          nameOf(value, { order: straight(rankOf(value)), isLoose: size > 1 }, scope),
        ),
      ];
      const attributes = { axis: int(axis), epsilon: { kind: "float", value: epsilon } } as const;
      const name = scope.emit("LayerNormalization", names, attributes, labelOf([scale, ...shift]));
      return made(name, "f32", facts.extents(x), scope);
    },
  };
}

/** What a node repeats over all axes but the last. */
function perChannel(node: Node | undefined): Node | undefined {
  const source = operand(node, "broadcastTo");
  return source?.type.shape.length === 1 ? source : undefined;
}

/** A product or a convolution plus a number for each channel. */
const bias: RuleOf = (node, facts) => {
  for (const [product, added] of [node.inputs, node.inputs.toReversed()]) {
    const vector = perChannel(added);
    if (product === undefined || vector === undefined || facts.numUses(product) > 1) continue;
    const rule = isNode(product, "dot") ? gemm(product, vector, facts) : convolution(product, facts, vector);
    if (rule !== undefined) return rule;
  }
  return undefined;
};

/** A convolution times a number for each channel plus another, as batch normalization is. */
const scaledConvolution: RuleOf = (node, facts) => {
  const [scaled, shift] = [node.inputs[0], perChannel(node.inputs[1])];
  const factor = perChannel(isNode(scaled, "multiply") ? scaled.inputs[1] : undefined);
  const inner = operand(scaled, "multiply");
  if (scaled === undefined || shift === undefined || factor === undefined || inner === undefined) return undefined;
  if (facts.numUses(scaled) > 1 || facts.numUses(inner) > 1) return undefined;
  const added = isNode(inner, "add") ? perChannel(inner.inputs[1]) : undefined;
  const product = added === undefined ? inner : inner.inputs[0];
  if (!isNode(product, "convolve") || facts.numUses(product) > 1) return undefined;
  return normalizedConvolution(product, { factor, shift, bias: added }, facts);
};

/** What lies between two numbers. */
const clip: RuleOf = (node, facts) => {
  const [lower, high] = [node.inputs[0], constantOf(node.inputs[1])];
  if (lower === undefined || high === undefined || facts.numUses(lower) > 1 || node.type.dtype !== "f32")
    return undefined;
  const { name } = lower.primitive;
  const low = name === "relu" ? 0 : name === "maximum" ? constantOf(lower.inputs[1]) : undefined;
  if (low === undefined) return undefined;
  return {
    inputs: [nth(lower.inputs, 0)],
    write: ([x], scope) => {
      const limits = [low, high].map((limit) => repeated(limit, "f32", rankOf(valueOf(x))));
      return writeElementwise("Clip", [valueOf(x), ...limits], "f32", scope);
    },
  };
};

/** The sum of each window divided by the number of its places; at the borders by those that lie inside. */
const meanOfWindow: RuleOf = (node, facts) => {
  const [sum, counts] = node.inputs;
  if (!isNode(sum, "windowSum") || counts === undefined || facts.numUses(sum) > 1) return undefined;
  const value = constantOf(counts);
  const size = facts.fixedNumbers(sum, "window").reduce((product, extent) => product * extent, 1);
  const isDivision = isNode(node, "divide");
  const factor = value === undefined || !isDivision ? value : 1 / value;
  if (factor === undefined || Math.fround(factor) !== Math.fround(1 / size)) return undefined;
  const more = { count_include_pad: int(1) };
  return {
    inputs: [nth(sum.inputs, 0)],
    write: ([x], scope) => writePooling("AveragePool", sum, valueOf(x), { facts, scope, more }),
  };
};

function valueOf(value: Value | undefined): Value {
  return nth(value === undefined ? [] : [value], 0);
}

/** Patterns by the primitive of their last node. */
export const patterns: Readonly<Record<string, readonly RuleOf[]>> = {
  divide: [sigmoid, softmax, meanOfWindow, layerNormalization],
  subtract: [logSoftmax],
  multiply: [mean, meanOfWindow, layerNormalization],
  reshape: [keptDims],
  add: [scaledConvolution, bias, layerNormalization],
  minimum: [clip],
};
