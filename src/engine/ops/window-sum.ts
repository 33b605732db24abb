// Window sums and their gradient, which are each other's. Padding counts as 0.

import { sameShape } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { guarded } from "#engine/graph/expression.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { foldBatch, unfoldBatch } from "#engine/ops/batching.ts";
import { requireDType, shapeError } from "#engine/ops/check.ts";
import { normal } from "#engine/ops/samples.ts";
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

export const windowSumPrimitive: Primitive = definePrimitive<readonly [x: TensorType], WindowAttributes>({
  name: "windowSum",
  trait: "reduction",
  type: ([x], options) => {
    requireDType("windowSum", x, ["f32"]);
    return windowType("windowSum", x, options);
  },
  lower: ([x], options) => {
    const { place, inside } = placeOfWindow(spatialOf("windowSum", x.type), options);
    return { kind: "reduce", combiner: "sum", extents: options.window, value: guarded(inside, x.at(...place)) };
  },
  vjp: ([x], cotangent, options) => [windowSumGradient(cotangent, { ...options, spatial: x.type.shape.slice(1, -1) })],
  batch: ([x], options, { size }) => unfoldBatch(windowSum(foldBatch(x.node, 0), options), 0, size),
  cases: windowCases.map(({ shape, options }) => ({ inputs: [normal(shape)], attributes: options })),
  rejects: windowRejects,
});

export const windowSumGradientPrimitive: Primitive = definePrimitive<
  readonly [cotangent: TensorType],
  WindowGradientAttributes
>({
  name: "windowSumGradient",
  trait: "gather",
  type: ([cotangent], options) => {
    requireDType("windowSumGradient", cotangent, ["f32"]);
    const [batch = 0, ...rest] = cotangent.shape;
    const result: TensorType = { dtype: cotangent.dtype, shape: [batch, ...options.spatial, rest.at(-1) ?? 0] };
    const expected = windowType("windowSumGradient", result, options);
    if (!sameShape(expected.shape, cotangent.shape)) {
      throw shapeError(
        `windowSumGradient: cotangent ${typeText(cotangent)}, expected ${typeText(expected)}. ` +
          "Give what windowSum with the same options gave.",
        { cotangent: cotangent.shape, expected: expected.shape },
      );
    }
    return result;
  },
  lower: ([cotangent], options) => {
    const { place, inside } = windowsOfPlace(options.spatial, options);
    const value = guarded(inside, cotangent.at(...place));
    if (areApart(options)) return { kind: "map", value };
    return { kind: "reduce", combiner: "sum", extents: sharedExtents(options), value };
  },
  vjp: (_inputs, cotangent, options) => [windowSum(cotangent, options)],
  batch: ([x], options, { size }) => unfoldBatch(windowSumGradient(foldBatch(x.node, 0), options), 0, size),
  cases: windowCases.map(({ shape, options }) => ({
    inputs: [normal(windowType("windowSum", { dtype: "f32", shape }, options).shape)],
    attributes: { ...options, spatial: shape.slice(1, -1) },
  })),
  rejects: [
    {
      inputs: [normal([1, 3, 1])],
      attributes: { window: [2], strides: [2], low: [0], high: [0], spatial: [4] },
      code: "shape",
    },
  ],
});

/** The sum of each window. */
export function windowSum(x: Node, options: WindowOptions): Node {
  return apply(windowSumPrimitive, [x], windowAttributes(options));
}

/** At each place of an input of extents `spatial` the sum of the cotangents of the windows that hold it. */
export function windowSumGradient(
  cotangent: Node,
  options: WindowOptions & { readonly spatial: readonly number[] },
): Node {
  return apply(windowSumGradientPrimitive, [cotangent], { ...windowAttributes(options), spatial: options.spatial });
}
