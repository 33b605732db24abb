// Random graphs of one large operation and what is fused to it: sizes that blocks, splits, packing and Winograd's algorithm
// take, which small graphs never reach.

import fc from "fast-check";
import type { HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { simplifyGraph } from "#engine/grad/simplify.ts";
import { sortNodes, type Graph, type Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { fuzzGradientTolerance, fuzzTolerance, winogradTolerance } from "../tolerances.ts";
import { Choices } from "./choices.ts";
import { Pool } from "./pool.ts";

/** What fast-check draws and shrinks. */
export interface LargeRecipe {
  readonly kind: "large";
  readonly seed: number;
  readonly family: number;
  readonly choices: readonly number[];
}

/** A graph, and how far a target may be from the oracle besides the effects of rounding. */
export interface ComparedGraph {
  readonly graph: Graph;
  readonly args: readonly HostArray[];
  readonly tolerance: number;
}

const mostProducts = 3 * 2 ** 20;

interface Made {
  readonly outputs: readonly Node[];
  readonly tolerance: number;
}
/** Undefined where the choices give more than the oracle can compute in a moment. */
type Family = (pool: Pool) => Made | undefined;

const f32 = (pool: Pool, ...shape: number[]): Node => pool.parameter({ dtype: "f32", shape }).node;

function plain(...outputs: readonly Node[]): Made {
  return { outputs, tolerance: fuzzTolerance };
}

/** What follows a layer: bias, activation, residual, pooling. Makes no error larger. */
function epilogue(pool: Pool, x: Node): Node {
  const { shape } = x.type;
  const { choices } = pool;
  let y = x;
  if (choices.chance(2)) y = ops.add(y, ops.broadcastTo(f32(pool, ...shape.slice(-1)), shape));
  if (choices.chance(4)) y = ops.add(y, f32(pool, ...shape));
  if (choices.chance(2)) y = ops.relu(y);
  if (shape.length !== 4 || !choices.chance(2)) return y;
  const extent = choices.between(2, 3);
  const window = shape.slice(1, -1).map((own) => Math.min(own, extent));
  const strides = choices.chance(2) ? window : window.map(() => 1);
  const low = window.map((own) => choices.below(own));
  return ops.windowMax(y, { window, strides, low, high: low });
}

const product: Family = (pool) => {
  const { choices } = pool;
  const sizes = [1, 2, 5, 7, 16, 31, 33, 64, 100, 129, 300, 700, 1300];
  const [rows, depth, columns] = [choices.of(sizes), choices.of(sizes), choices.of(sizes)];
  const batch = choices.of([1, 1, 1, 3, 8]);
  if (rows * depth * columns * batch > mostProducts) return undefined;
  const turned = (x: number, y: number): number[] => (choices.chance(2) ? [batch, y, x] : [batch, x, y]);
  const [left, right] = [turned(rows, depth), turned(depth, columns)];
  const axes = { leftContract: [left.lastIndexOf(depth, 2)], rightContract: [right.indexOf(depth, 1)] };
  const made = ops.dot(f32(pool, ...left), f32(pool, ...right), { ...axes, leftBatch: [0], rightBatch: [0] });
  return plain(epilogue(pool, made), ...(choices.chance(3) ? [ops.reduceSum(made, [1])] : []));
};

/** Options of a convolution that keep it within bounds; `isPlain` ones let Winograd's algorithm in. */
function convolutionOf(pool: Pool, isPlain: boolean) {
  const { choices } = pool;
  const spatial = [choices.between(3, 40), choices.between(3, 40)];
  const inputs = isPlain ? choices.of([8, 16, 20, 32, 64, 96]) : choices.of([1, 3, 4, 8, 17, 32, 48, 65]);
  const groups = isPlain ? 1 : choices.of([1, 1, 1, inputs % 2 === 0 ? 2 : 1, inputs]);
  const most = choices.of([1, 2, 3, 3, 5, 7]);
  const dilation = isPlain ? [1, 1] : [choices.between(1, 2), choices.between(1, 2)];
  const kernel = spatial.map((extent, axis) =>
    isPlain ? 3 : Math.min(most, Math.floor((extent - 1) / (dilation[axis] ?? 1)) + 1),
  );
  const outputs = isPlain
    ? choices.of([8, 16, 32, 40, 64, 104])
    : groups * choices.of(groups > 2 ? [1, 2] : [1, 3, 8, 24, 32, 64]);
  const strides = isPlain ? [1, 1] : [choices.between(1, 3), choices.between(1, 3)];
  const pads = (): number[] => kernel.map((extent) => choices.below(extent));
  const options = { strides, low: pads(), high: pads(), dilation, groups };
  const perPlace = sizeOf(kernel) * (inputs / groups) * outputs;
  const batch = Math.min(choices.between(1, 4), Math.floor(mostProducts / (perPlace * sizeOf(spatial))));
  return batch < 1 ? undefined : { batch, spatial, inputs, outputs, kernel, options };
}

function convolutions(isPlain: boolean): Family {
  return (pool) => {
    const chosen = convolutionOf(pool, isPlain);
    if (chosen === undefined) return undefined;
    const { batch, spatial, inputs, outputs, kernel, options } = chosen;
    const shape = [batch, ...spatial, inputs];
    const isBytes = pool.choices.chance(4);
    const x = isBytes ? ops.cast(pool.parameter({ dtype: "u8", shape }, 10).node, "f32") : f32(pool, ...shape);
    const filter = f32(pool, ...kernel, inputs / options.groups, outputs);
    const made = ops.convolve(x, filter, options);
    const kind = pool.choices.below(4);
    const cotangent = kind < 2 ? undefined : f32(pool, ...made.type.shape);
    const output =
      cotangent === undefined
        ? epilogue(pool, made)
        : kind === 2
          ? ops.convolveInputGradient(filter, cotangent, { ...options, spatial })
          : updated(pool, filter, ops.convolveFilterGradient(x, cotangent, { ...options, kernel }));
    return { outputs: [output], tolerance: isPlain ? winogradTolerance : fuzzTolerance };
  };
}

/** A step of an optimizer in a gradient's epilogue, or the gradient. */
function updated(pool: Pool, weight: Node, gradient: Node): Node {
  if (pool.choices.chance(2)) return gradient;
  const rate = ops.broadcastTo(f32(pool), gradient.type.shape);
  return ops.subtract(weight, ops.multiply(rate, gradient));
}

/** Reductions that are split among chunks, and what stands on them. */
const rows: Family = (pool) => {
  const { choices } = pool;
  const shape = [choices.of([1, 3, 40, 257]), choices.of([1, 5, 64]), choices.of([1, 7, 100, 1000])];
  if (sizeOf(shape) > 2 ** 17) return undefined;
  const x = f32(pool, ...shape);
  const axes = choices.of([[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]]);
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const wide = (node: Node): Node => ops.broadcastTo(ops.reshape(node, kept), shape);
  switch (choices.below(4)) {
    case 0:
      return plain(choices.of([ops.reduceMax, ops.reduceMin, ops.argMax, ops.reduceSum])(x, axes));
    case 1: {
      const powers = ops.exp(ops.subtract(x, wide(ops.reduceMax(x, axes))));
      return plain(ops.divide(powers, wide(ops.reduceSum(powers, axes))));
    }
    case 2: {
      const centred = ops.subtract(x, wide(ops.reduceSum(ops.multiply(x, x), axes)));
      return plain(ops.tanh(centred), ops.reduceMax(centred, axes));
    }
    default:
      return plain(ops.reduceSum(ops.multiply(x, f32(pool, ...shape)), axes), ops.relu(x));
  }
};

const scattered: Family = (pool) => {
  const { choices } = pool;
  const [count, width, height] = [choices.of([1, 100, 1000]), choices.of([1, 5, 32, 100]), choices.of([3, 70, 900])];
  const index = pool.parameter({ dtype: "i32", shape: [count] }, height + 2).node;
  const table = f32(pool, height, width);
  const taken = ops.takeRows(table, index);
  return plain(ops.scatterAddRows(table, index, f32(pool, count, width)), ops.tanh(taken));
};

const pooled: Family = (pool) => {
  const { choices } = pool;
  const shape = [choices.between(1, 3), choices.between(5, 40), choices.between(5, 40), choices.of([1, 3, 16, 33])];
  const x = f32(pool, ...shape);
  const window = [choices.between(1, 4), choices.between(1, 4)];
  const strides = [choices.between(1, 3), choices.between(1, 3)];
  const pads = (): number[] => window.map((extent) => choices.below(extent));
  const options = { window, strides, low: pads(), high: pads() };
  const spatial = shape.slice(1, -1);
  const argmax = ops.windowArgmax(x, options);
  const cotangent = f32(pool, ...argmax.type.shape);
  return choices.chance(2)
    ? plain(ops.windowMax(x, options), ops.windowMaxGradient(argmax, cotangent, { ...options, spatial }))
    : plain(ops.windowSum(x, options), ops.windowSumGradient(cotangent, { ...options, spatial }));
};

/** A whole train step of two layers without kinks, weights updated in place. */
const trainStep: Family = (pool) => {
  const { choices } = pool;
  const [batch, size, inputs] = [choices.between(1, 9), choices.between(4, 12), choices.of([1, 3, 4])];
  const [filters, units] = [choices.of([4, 8, 12, 32]), choices.of([1, 3, 10, 33])];
  const x = f32(pool, batch, size, size, inputs);
  const filter = f32(pool, 3, 3, inputs, filters);
  const one = [1, 1];
  const options = { strides: choices.of([one, [2, 2]]), low: one, high: one, dilation: one, groups: 1 };
  const tenth = (node: Node): Node => ops.multiply(node, ops.constant(0.1, node.type));
  const hidden = ops.tanh(tenth(ops.convolve(x, filter, options)));
  const window = { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] };
  const means = ops.windowSum(hidden, window);
  const flat = ops.reshape(means, [batch, sizeOf(means.type.shape) / batch]);
  const weight = f32(pool, flat.type.shape[1] ?? 1, units);
  const logits = ops.dot(flat, tenth(weight), { leftContract: [1], rightContract: [0] });
  const loss = ops.reduceSum(ops.tanh(ops.multiply(logits, f32(pool, batch, units))), [0, 1]);
  const simple = simplifyGraph([loss]).get(loss) ?? loss;
  const weights = [filter, weight];
  const gradients = reverse(simple, weights);
  const updates = gradients.map((gradient, index) => ops.subtract(weights[index] ?? gradient, tenth(gradient)));
  return { outputs: [simple, ...updates], tolerance: fuzzGradientTolerance };
};

const families: readonly Family[] = [
  product,
  convolutions(true),
  convolutions(false),
  convolutions(false),
  rows,
  scattered,
  pooled,
  trainStep,
];

export const largeRecipes: fc.Arbitrary<LargeRecipe> = fc.record({
  kind: fc.constant("large" as const),
  seed: fc.nat(10_000),
  family: fc.nat(families.length - 1),
  choices: fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 }),
});

/** The graph of a recipe; one that would be too large is a small sum. */
export function buildLargeGraph({ seed, family, choices }: LargeRecipe): ComparedGraph {
  const pool = new Pool(new Choices(choices), seed, true);
  const made = families[family]?.(pool) ?? plain(ops.reduceSum(f32(pool, 3), [0]));
  const final = simplifyGraph(made.outputs, undefined, "final");
  const outputs = made.outputs.map((output) => final.get(output) ?? output);
  return {
    graph: { parameters: pool.parameters, outputs, donations: outputs.map((output) => donated(pool, output)) },
    args: pool.args,
    tolerance: made.tolerance,
  };
}

/** An updated weight takes over the memory of the weight. */
function donated({ parameters }: Pool, output: Node): number {
  const isUpdate = output.primitive.name === "subtract";
  const [weight] = output.inputs;
  return isUpdate && weight !== undefined && sortNodes([output]).includes(weight) ? parameters.indexOf(weight) : -1;
}
