// broadcastTo repeats along axes, reduceSum adds along them: each is the other's gradient.

import { isFloating } from "#engine/base/dtype.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import { constant as number } from "#engine/graph/expression.ts";
import { definePrimitive, noGradient, outputAxes, type Primitive } from "#engine/graph/primitive.ts";
import { shifted } from "#engine/ops/batching.ts";
import { cast } from "#engine/ops/cast.ts";
import { at, shapeError } from "#engine/ops/check.ts";
import {
  reduceForm,
  reductionCases,
  reductionRejects,
  typeOfReduction,
  type AxesAttributes,
} from "#engine/ops/reduction.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { constant, constantValue } from "#engine/ops/constant.ts";
import { bits, normal } from "#engine/ops/samples.ts";
import { windowMaxGradientPrimitive } from "#engine/ops/window-max.ts";

export const broadcastToPrimitive: Primitive = definePrimitive<readonly [x: TensorType], { shape: readonly number[] }>({
  name: "broadcastTo",
  trait: "movement",
  type: ([x], { shape }) => {
    const offset = shape.length - x.shape.length;
    if (offset < 0 || !x.shape.every((extent, axis) => extent === 1 || extent === shape[axis + offset])) {
      throw shapeError(`broadcastTo: ${typeText(x)} does not broadcast to ${shapeText(shape)}. Reshape it first.`, {
        from: x.shape,
        to: shape,
      });
    }
    return { dtype: x.dtype, shape };
  },
  lower: ([x], { shape }) => {
    const place = outputAxes(shape.length).slice(shape.length - x.rank);
    return {
      kind: "map",
      value: x.at(...place.map((axis, index) => (x.type.shape[index] === 1 ? number(0) : axis))),
    };
  },
  vjp: ([x], cotangent, { shape }) => {
    if (!isFloating(x.type.dtype)) return [noGradient];
    const offset = shape.length - x.type.shape.length;
    const axes = shape.flatMap((extent, axis) =>
      axis < offset || (x.type.shape[axis - offset] === 1 && extent !== 1) ? [axis] : [],
    );
    // f16 and bf16 are storage: they are added as f32.
    const sum = cast(reduceSum(cast(cotangent, "f32"), axes), x.type.dtype);
    return [reshape(sum, x.type.shape)];
  },
  batch: ([x], { shape }, { size }) => {
    const [, ...own] = x.node.type.shape;
    const filled = shape.slice(own.length).map(() => 1);
    return broadcastTo(reshape(x.node, [size, ...filled, ...own]), [size, ...shape]);
  },
  simplify: ([x], { shape }, type) => {
    const value = constantValue(x);
    if (value !== undefined) return constant(value, type);
    const [source] = x.inputs;
    return x.primitive === broadcastToPrimitive && source !== undefined ? broadcastTo(source, shape) : undefined;
  },
  cases: [
    { inputs: [normal([3, 1])], attributes: { shape: [2, 3, 4] } },
    { inputs: [normal([])], attributes: { shape: [5] } },
    { inputs: [bits([1, 4], "u8")], attributes: { shape: [3, 4] } },
    { inputs: [normal([2, 1], "f16")], attributes: { shape: [2, 3] } },
  ],
  rejects: [
    { inputs: [normal([3])], attributes: { shape: [4] }, code: "shape" },
    { inputs: [normal([1, 1])], attributes: { shape: [1] }, code: "shape" },
  ],
});

export const reduceSumPrimitive: Primitive = definePrimitive<readonly [x: TensorType], AxesAttributes>({
  name: "reduceSum",
  trait: "reduction",
  type: ([x], { axes }) => typeOfReduction("reduceSum", x, axes, ["f32", "i32"]),
  lower: ([x], { axes }) => reduceForm(x, axes, "sum"),
  vjp: ([x], cotangent, { axes }) => [restoreAxes(cotangent, axes, x.type.shape)],
  batch: ([x], { axes }) => reduceSum(x.node, shifted(axes)),
  simplify: ([x], { axes }) => {
    // Every cotangent of a window lies at one place of the input: their sum is the same without placing them.
    const [, cotangent] = x.inputs;
    const isSpatial = (axis: number): boolean => axis > 0 && axis < x.type.shape.length - 1;
    const takesAll = [...x.type.shape.keys()].every((axis) => !isSpatial(axis) || axes.includes(axis));
    if (x.primitive !== windowMaxGradientPrimitive || cotangent === undefined || !takesAll) return undefined;
    return reduceSum(cotangent, axes);
  },
  cases: [...reductionCases, { inputs: [normal([2, 0])], attributes: { axes: [1] } }],
  rejects: reductionRejects,
});

/** `x` repeated to `shape` by NumPy's rules. */
export function broadcastTo(x: Node, shape: readonly number[]): Node {
  return sameShape(x.type.shape, shape) ? x : apply(broadcastToPrimitive, [x], { shape });
}

/** The sum over sorted, non-negative `axes`, which disappear. */
export function reduceSum(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : apply(reduceSumPrimitive, [x], { axes });
}

/** What a reduction over `axes` left, repeated along them again to `shape`. */
export function restoreAxes(x: Node, axes: readonly number[], shape: readonly number[]): Node {
  const kept = shape.map((_extent, axis) => (axes.includes(axis) ? 1 : at(shape, axis)));
  return broadcastTo(reshape(x, kept), shape);
}
