// broadcastTo: repeats along axes of extent 1 and along new leading axes.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { apply, typeText, type Node } from "#engine/graph/graph.ts";
import { constant } from "#engine/graph/expression.ts";
import { definePrimitive, outputAxes } from "#engine/graph/primitive.ts";
import { reduceSum } from "#engine/ops/reduce-sum.ts";
import { reshape } from "#engine/ops/reshape.ts";

export const broadcastToPrimitive = definePrimitive<{ shape: readonly number[] }>({
  name: "broadcastTo",
  trait: "movement",
  type: ([x], { shape }) => {
    const offset = shape.length - x!.shape.length;
    if (offset < 0 || !x!.shape.every((extent, axis) => extent === 1 || extent === shape[axis + offset])) {
      throw new SinterError("shape", `broadcastTo: ${typeText(x!)} does not broadcast to ${shapeText(shape)}. Reshape it first.`, {
        from: x!.shape,
        to: shape,
      });
    }
    return { dtype: x!.dtype, shape };
  },
  lower: ([x], { shape }) => {
    const offset = shape.length - x!.rank;
    const place = outputAxes(shape.length).slice(offset);
    return { kind: "map", value: x!.at(...place.map((at, axis) => (x!.type.shape[axis] === 1 ? constant(0) : at))) };
  },
  vjp: ([x], cotangent, { shape }) => {
    const offset = shape.length - x!.type.shape.length;
    const axes = shape.flatMap((extent, axis) =>
      axis < offset || (x!.type.shape[axis - offset] === 1 && extent !== 1) ? [axis] : [],
    );
    return [reshape(reduceSum(cotangent, axes), x!.type.shape)];
  },
  cases: [
    { inputs: [{ kind: "normal", type: { dtype: "f32", shape: [3, 1] } }], attributes: { shape: [2, 3, 4] } },
    { inputs: [{ kind: "normal", type: { dtype: "f32", shape: [] } }], attributes: { shape: [5] } },
  ],
  rejects: [{ inputs: [{ kind: "normal", type: { dtype: "f32", shape: [3] } }], attributes: { shape: [4] }, code: "shape" }],
});

/** `x` repeated to `shape`. */
export function broadcastTo(x: Node, shape: readonly number[]): Node {
  return sameShape(x.type.shape, shape) ? x : apply(broadcastToPrimitive, [x], { shape });
}
