// Rules of sums of products: matrix products, convolutions, transposed convolutions.

import type { Node } from "#engine/graph/graph.ts";
import { dependent, fixedExtent, isFixed, isOne, type Extent } from "./write-extents.ts";
import type { OnnxAttributes } from "./write-model.ts";
import { labelOf, nth, writeElementwise, type Facts, type Rule, type RuleOf } from "./write-rule.ts";
import { int, ints, type Scope } from "./write-scope.ts";
import {
  channelsFirst,
  heldExtents,
  inOrder,
  known,
  made,
  nameOf,
  rankOf,
  straight,
  withLeadingOnes,
  type Known,
  type Made,
  type Value,
} from "./write-value.ts";

/** One operand of a product: its axes by what they are. */
interface Side {
  readonly extents: readonly Extent[];
  readonly batch: readonly number[];
  readonly free: readonly number[];
  readonly contract: readonly number[];
}

function sideOf(node: Node, facts: Facts, at: 0 | 1): Side {
  const name = at === 0 ? "left" : "right";
  const extents = facts.extents(nth(node.inputs, at));
  const [contract = [], batch = []] = ["Contract", "Batch"].map((role) => facts.fixedNumbers(node, `${name}${role}`));
  const free = straight(extents.length).filter((axis) => !contract.includes(axis) && !batch.includes(axis));
  return { extents, batch, free, contract };
}

function extentsOf({ extents }: Side, axes: readonly number[]): Extent[] {
  return axes.map((axis) => nth(extents, axis));
}

/** One extent for several axes in a row. @returns nothing where more than one of them grows with the batch */
export function product(extents: readonly Extent[]): Extent | undefined {
  const open = extents.filter((extent) => !isFixed(extent));
  const size = extents.reduce((product, extent) => (isFixed(extent) ? product * extent.fixed : product), 1);
  const [only] = open;
  if (only === undefined) return fixedExtent(size);
  return open.length === 1 ? { perSample: only.perSample * size, fixed: only.fixed * size } : undefined;
}

/** An operand with its axes in this order, groups of which run together as one. */
function arranged(
  value: Value,
  side: Side,
  groups: readonly (readonly number[])[],
  { scope, isBroadcast }: { readonly scope: Scope; readonly isBroadcast: boolean },
): string {
  const axes = groups.flat();
  const order = straight(axes.length);
  axes.forEach((axis, at) => {
    order[axis] = at;
  });
  const isApart = groups.every((group) => group.length === 1);
  // The axes of the batch may be held once, as both sides broadcast.
  const held = heldExtents(value);
  const extents = side.extents.map((extent, axis) =>
    isBroadcast && isApart && side.batch.includes(axis) ? nth(held, axis) : extent,
  );
  const name = nameOf(value, { order, extents }, scope);
  if (isApart) return name;
  const shape = groups.map((group) => product(extentsOf(side, group)));
  const target = shape.flatMap((extent) => (extent === undefined ? [] : [extent]));
  if (target.length < shape.length) throw dependent("a matrix product");
  const own = value.kind === "known" ? scope.outermost : scope;
  const wanted = own.target(target);
  return own.once(`reshape ${name} ${wanted}`, () => own.emit("Reshape", [name, wanted]));
}

/** How the result lies before it is reshaped, and by which names it is made. */
function writeProduct(node: Node, values: readonly Value[], facts: Facts, scope: Scope): Made {
  const [left, right] = [sideOf(node, facts, 0), sideOf(node, facts, 1)];
  const [x, y] = [nth(values, 0), nth(values, 1)];
  const single = (axes: readonly number[]): number[][] => axes.map((axis) => [axis]);
  const isMatrix = left.batch.length === 0 && left.free.length > 0;
  const rows = isMatrix ? single(left.free) : [left.free];
  const options = { scope, isBroadcast: left.batch.length > 0 && isWhole(x, left) !== isWhole(y, right) };
  const a = arranged(x, left, [...single(left.batch), ...rows, left.contract], options);
  const b = arranged(y, right, [...single(right.batch), right.contract, right.free], options);
  const name = scope.emit("MatMul", [a, b], {}, labelOf(values));
  const extents = facts.extents(node);
  const isShaped = right.free.length === 1 && (isMatrix || left.free.length === 1);
  return made(isShaped ? name : scope.emit("Reshape", [name, scope.target(extents)]), "f32", extents, scope);
}

/** Whether no axis of the batch is held once for many. */
function isWhole(value: Value, { batch, extents }: Side): boolean {
  const held = heldExtents(value);
  return batch.every((axis) => !isOne(nth(held, axis)) || isOne(nth(extents, axis)));
}

const dot: RuleOf = (node, facts) => ({
  inputs: node.inputs,
  write: (values, scope) => writeProduct(node, values, facts, scope),
});

/** A matrix product with a bias, of a batch of rows. */
export function gemm(node: Node, bias: Node, facts: Facts): Rule | undefined {
  const [left, right] = [sideOf(node, facts, 0), sideOf(node, facts, 1)];
  const isPlain = left.extents.length === 2 && right.extents.length === 2 && left.batch.length === 0;
  const isOne = left.contract.length === 1 && right.contract[0] === 0;
  if (!isPlain || !isOne || left.contract[0] !== 1 || bias.type.shape.length !== 1) return undefined;
  return {
    inputs: [...node.inputs, bias],
    write: (values, scope) => {
      const [a, b] = [nth(values, 0), nth(values, 1)].map((value, index) =>
        nameOf(value, { order: straight(2), extents: (index === 0 ? left : right).extents }, scope),
      );
      const c = nameOf(nth(values, 2), { order: [0], extents: facts.extents(bias) }, scope);
      return made(scope.emit("Gemm", [a ?? "", b ?? "", c], {}, labelOf(values)), "f32", facts.extents(node), scope);
    },
  };
}

function listsOf(node: Node, facts: Facts): Record<"strides" | "low" | "high" | "dilation", number[]> {
  return {
    strides: facts.fixedNumbers(node, "strides"),
    low: facts.fixedNumbers(node, "low"),
    high: facts.fixedNumbers(node, "high"),
    dilation: facts.fixedNumbers(node, "dilation"),
  };
}

/** Filters as ONNX takes them: the convolution's output channels, its input channels, the kernel. */
function filterOrder(rank: number): number[] {
  return [...straight(rank - 2).map((axis) => axis + 2), 1, 0];
}

/** A convolution, with a bias where one is given. */
export function convolution(node: Node, facts: Facts, bias?: Node): Rule | undefined {
  const { name } = node.primitive;
  if (name !== "convolve" && name !== "convolveInputGradient") return undefined;
  const isTransposed = name === "convolveInputGradient";
  const [first, second] = [nth(node.inputs, 0), nth(node.inputs, 1)];
  const [x, filter] = isTransposed ? [second, first] : [first, second];
  return {
    inputs: [x, filter, ...(bias === undefined ? [] : [bias])],
    write: (values, scope) => writeConvolution({ node, x, filter }, values, facts, scope),
  };
}

interface Convolution {
  readonly node: Node;
  readonly x: Node;
  readonly filter: Node;
}

/** @param values input, filter, and a bias where there is one */
function writeConvolution(
  { node, x, filter }: Convolution,
  values: readonly Value[],
  facts: Facts,
  scope: Scope,
): Made {
  const order = channelsFirst(rankOf(nth(values, 0)));
  const names = [
    nameOf(nth(values, 0), { order, extents: facts.extents(x) }, scope),
    nameOf(nth(values, 1), { order: filterOrder(order.length), extents: facts.extents(filter) }, scope),
    ...values.slice(2).map((bias) => nameOf(bias, { order: [0] }, scope)),
  ];
  const isTransposed = node.primitive.name === "convolveInputGradient";
  const attributes = isTransposed ? transposedOptions(node, filter, x, facts) : plainOptions(node, filter, facts);
  const name = scope.emit(isTransposed ? "ConvTranspose" : "Conv", names, attributes, labelOf(values));
  return { kind: "made", name, dtype: "f32", held: inOrder(facts.extents(node), order), order, missing: 0, scope };
}

/** What follows a convolution: (result + bias) · factor + shift, for each channel. */
export interface ChannelScaling {
  readonly factor: Node;
  readonly shift: Node;
  readonly bias: Node | undefined;
}

/** A convolution whose filter and bias have taken in what follows it, where all of that is known. */
export function normalizedConvolution(node: Node, scaling: ChannelScaling, facts: Facts): Rule {
  const [x, filter] = [nth(node.inputs, 0), nth(node.inputs, 1)];
  const { factor, shift, bias } = scaling;
  const convolution = { node, x, filter };
  return {
    inputs: [x, filter, factor, shift, ...(bias === undefined ? [] : [bias])],
    write: ([image, ...others], scope) => {
      const input = nth(image === undefined ? [] : [image], 0);
      const [kernel, scale, offset, added] = others.map((value) => (value.kind === "known" ? value : undefined));
      if (
        kernel !== undefined &&
        scale !== undefined &&
        offset !== undefined &&
        (bias === undefined || added !== undefined)
      ) {
        const folded = [scaledKernel(kernel, scale), scaledBias(offset, scale, added)];
        return writeConvolution(convolution, [input, ...folded], facts, scope);
      }
      const [weights, byFactor, byShift, byBias] = others;
      const parts = [input, weights, byBias].flatMap((value) => value ?? []);
      const plain = writeConvolution(convolution, parts, facts, scope);
      return [byFactor, byShift].reduce<Value>(
        (value, by, index) =>
          perChannel(
            index === 0 ? "Mul" : "Add",
            value,
            nth(
              [by].flatMap((one) => one ?? []),
              0,
            ),
            scope,
          ),
        plain,
      );
    },
  };
}

function perChannel(operator: string, value: Value, channels: Value, scope: Scope): Value {
  const numNew = rankOf(value) - 1;
  return writeElementwise(operator, [value, withLeadingOnes(channels, numNew)], "f32", scope);
}

function scaledKernel(kernel: Known, scale: Known): Known {
  const numChannels = nth(kernel.shape, kernel.shape.length - 1);
  const data = Float32Array.from(kernel.data, (value, index) => value * (scale.data[index % numChannels] ?? 1));
  return known("f32", kernel.shape, data, kernel.label);
}

function scaledBias(shift: Known, scale: Known, bias: Known | undefined): Known {
  const data = Float32Array.from(
    shift.data,
    (value, index) => value + (bias?.data[index] ?? 0) * (scale.data[index] ?? 1),
  );
  return known("f32", shift.shape, data, bias?.label ?? shift.label);
}

function plainOptions(node: Node, filter: Node, facts: Facts): OnnxAttributes {
  const { strides, low, high, dilation } = listsOf(node, facts);
  return {
    kernel_shape: ints(filter.type.shape.slice(0, -2)),
    strides: ints(strides),
    pads: ints([...low, ...high]),
    dilations: ints(dilation),
    group: int(Number(node.attributes["groups"])),
  };
}

/** What the padding takes away of the whole, or what must be added behind it. */
function transposedOptions(node: Node, filter: Node, cotangent: Node, facts: Facts): OnnxAttributes {
  const { strides, low, dilation } = listsOf(node, facts);
  const kernel = filter.type.shape.slice(0, -2);
  const excess = kernel.map((extent, axis) => {
    const steps = nth(cotangent.type.shape, axis + 1) - 1;
    const whole = nth(strides, axis) * steps + (extent - 1) * nth(dilation, axis) + 1;
    return whole - nth(low, axis) - nth(node.type.shape, axis + 1);
  });
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    pads: ints([...low, ...excess.map((count) => Math.max(count, 0))]),
    output_padding: ints(excess.map((count) => Math.max(-count, 0))),
    dilations: ints(dilation),
    group: int(Number(node.attributes["groups"])),
  };
}

export const productRules: Readonly<Record<string, RuleOf>> = {
  dot,
  convolve: (node, facts) => convolution(node, facts),
  convolveInputGradient: (node, facts) => convolution(node, facts),
};
