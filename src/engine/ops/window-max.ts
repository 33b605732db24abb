// Window maxima: the largest of each window, where it lies, the gradient that goes there, and what lies there.
// They are in one file because their gradients are each other. Padding counts as minus infinity.

import { sameShape, sizeOf } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import {
  all,
  axis,
  binary,
  constant,
  flatten,
  guarded,
  isInside,
  plus,
  select,
  times,
  unflatten,
  type Expression,
} from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, type Operand, type Primitive } from "#engine/graph/primitive.ts";
import { foldBatch, unfoldBatch } from "#engine/ops/batching.ts";
import { at, requireDType, shapeError } from "#engine/ops/check.ts";
import { below, distinct, normal } from "#engine/ops/samples.ts";
import {
  areApart,
  placeOfWindow,
  sharedExtents,
  spatialOf,
  windowAttributes,
  windowCases,
  windowRejects,
  windowsOfPlace,
  windowType,
  type WindowAttributes,
  type WindowGradientAttributes,
  type WindowOptions,
} from "#engine/ops/windows.ts";

const oneInput = windowCases.map(({ shape, options }) => ({ inputs: [distinct(shape)], attributes: options }));

const twoInputs = windowCases.map(({ shape, options }) => ({
  positions: below(sizeOf(options.window), windowType("windowMax", { dtype: "f32", shape }, options).shape, "u8"),
  shape,
  options,
}));

const positionRejects: Primitive["rejects"] = [
  {
    inputs: [below(2, [1, 2, 1], "u8"), normal([1, 3, 1])],
    attributes: { window: [2], strides: [2], low: [0], high: [0], spatial: [4] },
    code: "shape",
  },
  {
    inputs: [normal([1, 2, 1]), normal([1, 2, 1])],
    attributes: { window: [2], strides: [2], low: [0], high: [0], spatial: [4] },
    code: "dtype",
  },
];

export const windowMaxPrimitive: Primitive = definePrimitive<readonly [x: TensorType], WindowAttributes>({
  name: "windowMax",
  trait: "reduction",
  type: ([x], options) => {
    requireDType("windowMax", x, ["f32"]);
    return windowType("windowMax", x, options);
  },
  lower: ([x], options) => ({ kind: "reduce", combiner: "max", extents: options.window, value: inWindow(x, options) }),
  vjp: ([x], cotangent, options) => [
    windowMaxGradient(windowArgmax(x, options), cotangent, { ...options, spatial: x.type.shape.slice(1, -1) }),
  ],
  batch: ([x], options, { size }) => unfoldBatch(windowMax(foldBatch(x.node, 0), options), 0, size),
  simplify: ([x], options) => {
    const [source] = x.inputs;
    if (x.primitive.isMonotone !== true || source === undefined) return undefined;
    return apply(x.primitive, [windowMax(source, options)], x.attributes);
  },
  cases: oneInput,
  rejects: windowRejects,
});

export const windowArgmaxPrimitive: Primitive = definePrimitive<readonly [x: TensorType], WindowAttributes>({
  name: "windowArgmax",
  trait: "reduction",
  type: ([x], options) => {
    requireDType("windowArgmax", x, ["f32"]);
    const { shape } = windowType("windowArgmax", x, options);
    return { dtype: sizeOf(options.window) > 255 ? "i32" : "u8", shape };
  },
  lower: ([x], options) => ({
    kind: "reduce",
    combiner: "argmax",
    extents: options.window,
    value: inWindow(x, options),
  }),
  vjp: () => [noGradient],
  batch: ([x], options, { size }) => unfoldBatch(windowArgmax(foldBatch(x.node, 0), options), 0, size),
  cases: [
    ...oneInput,
    { inputs: [distinct([1, 300, 1])], attributes: { window: [260], strides: [20], low: [0], high: [0] } },
  ],
  rejects: windowRejects,
});

export const windowMaxGradientPrimitive: Primitive = definePrimitive<
  readonly [argmax: TensorType, cotangent: TensorType],
  WindowGradientAttributes
>({
  name: "windowMaxGradient",
  trait: "gather",
  type: ([argmax, cotangent], options) => {
    const { spatial } = options;
    const [batch = 0, ...rest] = cotangent.shape;
    const result: TensorType = { dtype: cotangent.dtype, shape: [batch, ...spatial, rest.at(-1) ?? 0] };
    requireWindows("windowMaxGradient", argmax, cotangent, windowType("windowMaxGradient", result, options));
    return result;
  },
  lower: ([argmax, cotangent], options) => {
    const { place, inside, within } = windowsOfPlace(options.spatial, options);
    const isHere = binary("equal", argmax.at(...place), flatten(within, options.window));
    const value = guarded(inside, select(isHere, cotangent.at(...place), constant(0, "f32")));
    if (areApart(options)) return { kind: "map", value };
    return { kind: "reduce", combiner: "sum", extents: sharedExtents(options), value };
  },
  vjp: ([argmax], cotangent, options) => [noGradient, windowTake(argmax, cotangent, options)],
  batch: ([argmax, cotangent], options, { size, spread }) => {
    const folded = windowMaxGradient(foldBatch(spread(argmax), 0), foldBatch(spread(cotangent), 0), options);
    return unfoldBatch(folded, 0, size);
  },
  cases: twoInputs.map(({ positions, shape, options }) => ({
    inputs: [positions, normal(positions.type.shape)],
    attributes: { ...options, spatial: shape.slice(1, -1) },
  })),
  rejects: positionRejects,
});

export const windowTakePrimitive: Primitive = definePrimitive<
  readonly [argmax: TensorType, x: TensorType],
  WindowAttributes
>({
  name: "windowTake",
  trait: "gather",
  type: ([argmax, x], options) => {
    const result = windowType("windowTake", x, options);
    requireWindows("windowTake", argmax, { dtype: x.dtype, shape: result.shape }, result);
    return result;
  },
  lower: ([argmax, x], options) => ({ kind: "map", value: taken(argmax, x, options) }),
  vjp: ([argmax, x], cotangent, options) => [
    noGradient,
    windowMaxGradient(argmax, cotangent, { ...options, spatial: x.type.shape.slice(1, -1) }),
  ],
  batch: ([argmax, x], options, { size, spread }) =>
    unfoldBatch(windowTake(foldBatch(spread(argmax), 0), foldBatch(spread(x), 0), options), 0, size),
  cases: twoInputs.map(({ positions, shape, options }) => ({
    inputs: [positions, normal(shape)],
    attributes: options,
  })),
  rejects: positionRejects.map((reject) => ({ ...reject, inputs: [...reject.inputs.slice(0, 1), normal([1, 7, 1])] })),
});

function inWindow(x: Operand, options: WindowOptions): Expression {
  const { place, inside } = placeOfWindow(spatialOf("window", x.type), options);
  return select(inside, guarded(inside, x.at(...place)), constant(-Infinity, "f32"));
}

function taken(argmax: Operand, x: Operand, options: WindowOptions): Expression {
  const spatial = spatialOf("windowTake", x.type);
  const output = Array.from({ length: x.rank }, (_, index) => axis(index));
  const within = unflatten(argmax.at(...output), options.window);
  const place = within.map((step, index) =>
    plus(plus(times(axis(index + 1), at(options.strides, index)), step), -at(options.low, index)),
  );
  const element = x.at(at(output, 0), ...place, at(output, x.rank - 1));
  return guarded(all([isInside(place, spatial)]), element);
}

function requireWindows(name: string, argmax: TensorType, values: TensorType, expected: TensorType): void {
  requireDType(`${name} argmax`, argmax, ["u8", "i32"]);
  requireDType(name, values, ["f32"]);
  if (sameShape(argmax.shape, expected.shape) && sameShape(values.shape, expected.shape)) return;
  throw shapeError(
    `${name}: argmax ${typeText(argmax)} and values ${typeText(values)}, expected ${typeText(expected)} windows. ` +
      "Give what windowMax with the same options gave.",
    { argmax: argmax.shape, values: values.shape, expected: expected.shape },
  );
}

/** The largest of each window; NaN if one is. */
export function windowMax(x: Node, options: WindowOptions): Node {
  return apply(windowMaxPrimitive, [x], windowAttributes(options));
}

/** The row-major position of the first maximum inside each window: u8, or i32 when a window has over 255 places. */
export function windowArgmax(x: Node, options: WindowOptions): Node {
  return apply(windowArgmaxPrimitive, [x], windowAttributes(options));
}

/** Each cotangent at the place where its window has its maximum, added where windows share it; `spatial` as the input. */
export function windowMaxGradient(
  argmax: Node,
  cotangent: Node,
  options: WindowOptions & { readonly spatial: readonly number[] },
): Node {
  const attributes = { ...windowAttributes(options), spatial: options.spatial };
  return apply(windowMaxGradientPrimitive, [argmax, cotangent], attributes);
}

/** The element of `x` at position `argmax` of each window. */
export function windowTake(argmax: Node, x: Node, options: WindowOptions): Node {
  return apply(windowTakePrimitive, [argmax, x], windowAttributes(options));
}
