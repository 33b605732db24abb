// reshape: the same elements in row-major order under another shape.

import { sameShape, shapeText, sizeOf } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { axis, constant as number, flatten, unflatten, type Expression } from "#engine/graph/expression.ts";
import { definePrimitive, type Primitive } from "#engine/graph/primitive.ts";
import { at, shapeError } from "#engine/ops/check.ts";
import { constant, constantValue } from "#engine/ops/constant.ts";
import { bits, normal } from "#engine/ops/samples.ts";

export const reshapePrimitive: Primitive = definePrimitive<readonly [x: TensorType], { shape: readonly number[] }>({
  name: "reshape",
  trait: "movement",
  type: ([x], { shape }) => {
    if (sizeOf(x.shape) !== sizeOf(shape) || !shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
      throw shapeError(
        `reshape: ${typeText(x)} has ${sizeOf(x.shape)} elements, ${shapeText(shape)} has ${sizeOf(shape)}. ` +
          "Give a shape of as many elements.",
        { from: x.shape, to: shape },
      );
    }
    return { dtype: x.dtype, shape };
  },
  lower: ([x], { shape }) => ({ kind: "map", value: x.at(...placeInSource(x.type.shape, shape)) }),
  vjp: ([x], cotangent) => [reshape(cotangent, x.type.shape)],
  batch: ([x], { shape }, { size }) => reshape(x.node, [size, ...shape]),
  simplify: ([x], { shape }) => {
    if (sameShape(x.type.shape, shape)) return x;
    const value = constantValue(x);
    if (value !== undefined) return constant(value, { dtype: x.type.dtype, shape });
    const below = x.inputs[0];
    return x.primitive === reshapePrimitive && below !== undefined ? reshape(below, shape) : undefined;
  },
  cases: [
    { inputs: [normal([2, 6])], attributes: { shape: [3, 4] } },
    { inputs: [normal([2, 3, 4])], attributes: { shape: [2, 12] } },
    { inputs: [normal([2, 12])], attributes: { shape: [1, 2, 3, 1, 4] } },
    { inputs: [normal([1])], attributes: { shape: [] } },
    { inputs: [normal([3, 0])], attributes: { shape: [0, 2, 5] } },
    { inputs: [bits([4, 2], "u8")], attributes: { shape: [8] } },
    { inputs: [normal([6], "f16")], attributes: { shape: [2, 3] } },
  ],
  rejects: [
    { inputs: [normal([3])], attributes: { shape: [2] }, code: "shape" },
    { inputs: [normal([4])], attributes: { shape: [-2, -2] }, code: "shape" },
  ],
});

/** The same elements under `shape`. */
export function reshape(x: Node, shape: readonly number[]): Node {
  return sameShape(x.type.shape, shape) ? x : apply(reshapePrimitive, [x], { shape });
}

/** Runs of axes that hold the same elements in both shapes are mapped alone, so that most places need no division. */
function placeInSource(source: readonly number[], target: readonly number[]): Expression[] {
  // Nothing is read of an empty tensor.
  if (sizeOf(source) === 0) return source.map(() => number(0));
  const place: Expression[] = [];
  let from = 0;
  let to = 0;
  while (from < source.length || to < target.length) {
    const [firstFrom, firstTo] = [from, to];
    let sourceSize = from < source.length ? at(source, from++) : 1;
    let targetSize = to < target.length ? at(target, to++) : 1;
    while (sourceSize !== targetSize) {
      if (sourceSize < targetSize && from < source.length) sourceSize *= at(source, from++);
      else if (to < target.length) targetSize *= at(target, to++);
      else sourceSize *= at(source, from++);
    }
    const axes = target.slice(firstTo, to).map((extent, index) => (extent === 1 ? number(0) : axis(firstTo + index)));
    place.push(...unflatten(flatten(axes, target.slice(firstTo, to)), source.slice(firstFrom, from)));
  }
  return place;
}
