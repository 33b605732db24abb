// Convolution (cross-correlation) of [batch, ...spatial, channels] with [...kernel, channels per group, channels], and
// its two gradients. They are in one file because the gradients of each are the other two.

import { sameShape } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { all, axis, binary, constant, guarded, plus, times, type Expression } from "#engine/graph/expression.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { foldBatch, unfoldBatch } from "#engine/ops/batching.ts";
import { at, shapeError } from "#engine/ops/check.ts";
import {
  convolutionCases,
  convolutionRejects,
  fullOptions,
  geometryOf,
  typeOfConvolution,
  type ConvolutionAttributes,
  type ConvolutionOptions,
  type Geometry,
} from "#engine/ops/convolution.ts";
import { normal } from "#engine/ops/samples.ts";
import { insideConditions } from "#engine/ops/windows.ts";

type Two = readonly [TensorType, TensorType];
type InputGradientAttributes = ConvolutionAttributes & { readonly spatial: readonly number[] };
type FilterGradientAttributes = ConvolutionAttributes & { readonly kernel: readonly number[] };

export const convolvePrimitive: Primitive = definePrimitive<
  readonly [x: TensorType, filter: TensorType],
  ConvolutionAttributes
>({
  name: "convolve",
  trait: "contraction",
  type: ([x, filter], options) => typeOfConvolution("convolve", x, filter, options),
  lower: ([x, filter], options) => {
    const geometry = geometryOf(x.type, filter.type, options);
    const rank = geometry.spatial.length;
    const output = rank + 1;
    const steps = axesFrom(rank + 2, rank);
    const channel = axis(rank + 2 + rank);
    const { place, inside } = placeInInput(geometry, options, axesFrom(1, rank), steps);
    const group = groupOf(axis(output), geometry.outputPerGroup, options);
    return {
      kind: "contract",
      extents: [...geometry.kernel, geometry.inputPerGroup],
      left: guarded(inside, x.at(axis(0), ...place, plus(times(group, geometry.inputPerGroup), channel))),
      right: filter.at(...steps, channel, axis(output)),
    };
  },
  vjp: ([x, filter], cotangent, options) => [
    convolveInputGradient(filter, cotangent, { ...options, spatial: x.type.shape.slice(1, -1) }),
    convolveFilterGradient(x, cotangent, { ...options, kernel: filter.type.shape.slice(0, -2) }),
  ],
  batch: ([x, filter], options, { size, spread }) => {
    if (!filter.isBatched) return unfoldBatch(convolve(foldBatch(x.node, 0), filter.node, options), 0, size);
    const last = filter.node.type.shape.length - 2;
    const filters = foldBatch(filter.node, last);
    // One input for all filters, or an own group of channels for each member of the batch.
    if (!x.isBatched && options.groups === 1) return unfoldBatch(convolve(x.node, filters, options), last, size);
    return unfoldBatch(convolve(foldBatch(spread(x), last), filters, inGroups(options, size)), last, size);
  },
  cases: convolutionCases.map(({ input, filter, options }) => ({
    inputs: [normal(input), normal(filter)],
    attributes: options,
  })),
  rejects: convolutionRejects,
});

export const convolveInputGradientPrimitive: Primitive = definePrimitive<
  readonly [filter: TensorType, cotangent: TensorType],
  InputGradientAttributes
>({
  name: "convolveInputGradient",
  trait: "contraction",
  type: ([filter, cotangent], options) => {
    const perGroup = filter.shape.at(-2) ?? 0;
    const x: TensorType = {
      dtype: filter.dtype,
      shape: [cotangent.shape[0] ?? 0, ...options.spatial, perGroup * options.groups],
    };
    requireCotangent(
      "convolveInputGradient",
      typeOfConvolution("convolveInputGradient", x, filter, options),
      cotangent,
    );
    return x;
  },
  lower: ([filter, cotangent], options, type) => {
    const geometry = geometryOf(type, filter.type, options);
    const rank = geometry.spatial.length;
    const input = rank + 1;
    const steps = axesFrom(rank + 2, rank);
    const channel = axis(rank + 2 + rank);
    const { place, inside } = placeInOutput(geometry, options, axesFrom(1, rank), steps);
    const group = groupOf(axis(input), geometry.inputPerGroup, options);
    const outputChannel = plus(times(group, geometry.outputPerGroup), channel);
    const inGroup =
      options.groups === 1 ? axis(input) : binary("modulo", axis(input), constant(geometry.inputPerGroup));
    return {
      kind: "contract",
      extents: [...geometry.kernel, geometry.outputPerGroup],
      left: guarded(inside, cotangent.at(axis(0), ...place, outputChannel)),
      right: filter.at(...steps, inGroup, outputChannel),
    };
  },
  vjp: ([filter, outputCotangent], cotangent, { spatial: _spatial, ...options }) => [
    convolveFilterGradient(cotangent, outputCotangent, { ...options, kernel: filter.type.shape.slice(0, -2) }),
    convolve(cotangent, filter, options),
  ],
  batch: ([filter, cotangent], options, { size, spread }) => {
    const last = cotangent.isBatched ? cotangent.node.type.shape.length - 2 : cotangent.node.type.shape.length - 1;
    if (!filter.isBatched) {
      return unfoldBatch(convolveInputGradient(filter.node, foldBatch(cotangent.node, 0), options), 0, size);
    }
    const [filters, cotangents] = [foldBatch(filter.node, last), foldBatch(spread(cotangent), last)];
    return unfoldBatch(convolveInputGradient(filters, cotangents, inGroups(options, size)), last, size);
  },
  cases: convolutionCases.map(({ input, filter, options }) => ({
    inputs: [normal(filter), normal(outputShape(input, filter, options))],
    attributes: { ...options, spatial: input.slice(1, -1) },
  })),
  rejects: [
    {
      inputs: [normal([3, 1, 1]), normal([1, 3, 1])],
      attributes: { ...fullOptions({}, 1), spatial: [6] },
      code: "shape",
    },
  ],
});

export const convolveFilterGradientPrimitive: Primitive = definePrimitive<
  readonly [x: TensorType, cotangent: TensorType],
  FilterGradientAttributes
>({
  name: "convolveFilterGradient",
  trait: "contraction",
  type: ([x, cotangent], options) => {
    const perGroup = (x.shape.at(-1) ?? 0) / options.groups;
    const filter: TensorType = { dtype: x.dtype, shape: [...options.kernel, perGroup, cotangent.shape.at(-1) ?? 0] };
    requireCotangent(
      "convolveFilterGradient",
      typeOfConvolution("convolveFilterGradient", x, filter, options),
      cotangent,
    );
    return filter;
  },
  lower: ([x, cotangent], options, type) => {
    const geometry = geometryOf(x.type, type, options);
    const rank = geometry.spatial.length;
    const outputs = axesFrom(rank + 3, rank);
    const image = axis(rank + 2);
    const channel = axis(rank + 1);
    const { place, inside } = placeInInput(geometry, options, outputs, axesFrom(0, rank));
    const group = groupOf(channel, geometry.outputPerGroup, options);
    return {
      kind: "contract",
      extents: [at(x.type.shape, 0), ...geometry.outputs],
      left: guarded(inside, x.at(image, ...place, plus(times(group, geometry.inputPerGroup), axis(rank)))),
      right: cotangent.at(image, ...outputs, channel),
    };
  },
  vjp: ([x, outputCotangent], cotangent, { kernel: _kernel, ...options }) => [
    convolveInputGradient(cotangent, outputCotangent, { ...options, spatial: x.type.shape.slice(1, -1) }),
    convolve(x, cotangent, options),
  ],
  batch: ([x, cotangent], options, { size, spread }) => {
    const inputs = spread(x);
    const last = inputs.type.shape.length - 2;
    const [images, cotangents] = [foldBatch(inputs, last), foldBatch(spread(cotangent), last)];
    return unfoldBatch(convolveFilterGradient(images, cotangents, inGroups(options, size)), last, size);
  },
  cases: convolutionCases.map(({ input, filter, options }) => ({
    inputs: [normal(input), normal(outputShape(input, filter, options))],
    attributes: { ...options, kernel: filter.slice(0, -2) },
  })),
  rejects: [
    {
      inputs: [normal([1, 6, 1]), normal([1, 3, 1])],
      attributes: { ...fullOptions({}, 1), kernel: [3] },
      code: "shape",
    },
  ],
});

interface Place {
  readonly place: readonly Expression[];
  readonly inside: Expression;
}

function inGroups<Options extends ConvolutionAttributes>(options: Options, size: number): Options {
  return { ...options, groups: options.groups * size };
}

function axesFrom(first: number, count: number): Expression[] {
  return Array.from({ length: count }, (_, index) => axis(first + index));
}

function groupOf(channel: Expression, perGroup: number, options: ConvolutionOptions): Expression {
  return options.groups === 1 ? constant(0) : binary("floorDivide", channel, constant(perGroup));
}

/** output · stride + step · dilation - low, guarded where padding can make it fall outside. */
function placeInInput(
  geometry: Geometry,
  options: ConvolutionAttributes,
  outputs: readonly Expression[],
  steps: readonly Expression[],
): Place {
  const conditions: Expression[] = [];
  const place = geometry.spatial.map((extent, index) => {
    const stride = at(options.strides, index);
    const dilation = at(options.dilation, index);
    const low = at(options.low, index);
    const moved = plus(plus(times(at(outputs, index), stride), times(at(steps, index), dilation)), -low);
    const largest = (at(geometry.outputs, index) - 1) * stride + (at(geometry.kernel, index) - 1) * dilation - low;
    conditions.push(...insideConditions(moved, -low, largest, extent));
    return moved;
  });
  return { place, inside: all(conditions) };
}

/** (input - step · dilation + low) / stride, guarded where it is no output. */
function placeInOutput(
  geometry: Geometry,
  options: ConvolutionAttributes,
  inputs: readonly Expression[],
  steps: readonly Expression[],
): Place {
  const conditions: Expression[] = [];
  const place = geometry.spatial.map((extent, index) => {
    const stride = constant(at(options.strides, index));
    const dilation = at(options.dilation, index);
    const low = at(options.low, index);
    const moved = plus(plus(at(inputs, index), times(at(steps, index), -dilation)), low);
    const output = binary("floorDivide", moved, stride);
    const least = Math.floor((low - (at(geometry.kernel, index) - 1) * dilation) / at(options.strides, index));
    const largest = Math.floor((extent - 1 + low) / at(options.strides, index));
    conditions.push(binary("equal", binary("modulo", moved, stride), constant(0)));
    conditions.push(...insideConditions(output, least, largest, at(geometry.outputs, index)));
    return output;
  });
  return { place, inside: all(conditions) };
}

function outputShape(
  input: readonly number[],
  filter: readonly number[],
  options: ConvolutionAttributes,
): readonly number[] {
  const types: Two = [
    { dtype: "f32", shape: input },
    { dtype: "f32", shape: filter },
  ];
  return typeOfConvolution("convolve", ...types, options).shape;
}

function requireCotangent(name: string, expected: TensorType, cotangent: TensorType): void {
  if (expected.dtype === cotangent.dtype && sameShape(expected.shape, cotangent.shape)) return;
  throw shapeError(
    `${name}: cotangent ${typeText(cotangent)}, expected ${typeText(expected)}. Give what convolve with the same options gave.`,
    { cotangent: cotangent.shape, expected: expected.shape },
  );
}

/** Cross-correlation. Result: [batch, ...outputs, filter's last axis]. */
export function convolve(x: Node, filter: Node, options: Partial<ConvolutionOptions> = {}): Node {
  return apply(convolvePrimitive, [x, filter], fullOptions(options, x.type.shape.length - 2));
}

/** The gradient of `convolve` for its input of spatial extents `spatial`; also the transposed convolution. */
export function convolveInputGradient(
  filter: Node,
  cotangent: Node,
  options: Partial<ConvolutionOptions> & { readonly spatial: readonly number[] },
): Node {
  const { spatial } = options;
  return apply(convolveInputGradientPrimitive, [filter, cotangent], {
    ...fullOptions(options, spatial.length),
    spatial,
  });
}

/** The gradient of `convolve` for its filter of spatial extents `kernel`. */
export function convolveFilterGradient(
  x: Node,
  cotangent: Node,
  options: Partial<ConvolutionOptions> & { readonly kernel: readonly number[] },
): Node {
  const { kernel } = options;
  return apply(convolveFilterGradientPrimitive, [x, cotangent], { ...fullOptions(options, kernel.length), kernel });
}
