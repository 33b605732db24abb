// slice takes a strided box out of a tensor, pad puts one into a larger tensor: each is the other's gradient.

import { sameShape, sizeOf } from "#engine/base/shape.ts";
import { apply, typeText, type Node, type TensorType } from "#engine/graph/graph.ts";
import {
  all,
  axis,
  binary,
  constant,
  guarded,
  plus,
  scalarTypeOf,
  select,
  times,
  type Expression,
} from "#engine/graph/expression.ts";
import { definePrimitive, outputAxes, type Operand, type Primitive } from "#engine/graph/primitive.ts";
import { at, requireNumbers, requireValue, shapeError } from "#engine/ops/check.ts";
import { bits, normal } from "#engine/ops/samples.ts";

interface SliceAttributes {
  readonly [key: string]: readonly number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly strides: readonly number[];
}

interface PadAttributes {
  readonly [key: string]: readonly number[] | number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

export const slicePrimitive: Primitive = definePrimitive<readonly [x: TensorType], SliceAttributes>({
  name: "slice",
  trait: "movement",
  type: ([x], { starts, ends, strides }) => {
    const rank = x.shape.length;
    requireNumbers("slice", "starts", starts, rank, 0);
    requireNumbers("slice", "ends", ends, rank, 0);
    requireNumbers("slice", "strides", strides, rank, 1);
    if (!x.shape.every((extent, index) => at(starts, index) <= at(ends, index) && at(ends, index) <= extent)) {
      throw shapeError(
        `slice: [${starts.join(", ")}] to [${ends.join(", ")}] of ${typeText(x)}. Keep starts ≤ ends ≤ the extents.`,
        { starts, ends, shape: x.shape },
      );
    }
    return {
      dtype: x.dtype,
      shape: starts.map((start, index) => Math.ceil((at(ends, index) - start) / at(strides, index))),
    };
  },
  lower: ([x], { starts, strides }) => ({
    kind: "map",
    value: x.at(...starts.map((start, index) => plus(times(axis(index), at(strides, index)), start))),
  }),
  vjp: ([x], cotangent, { starts, strides }) => {
    const high = x.type.shape.map((extent, index) => {
      const taken = at(cotangent.type.shape, index);
      return taken === 0
        ? extent - at(starts, index)
        : extent - at(starts, index) - (taken - 1) * at(strides, index) - 1;
    });
    return [
      pad(
        cotangent,
        starts,
        high,
        strides.map((stride) => stride - 1),
      ),
    ];
  },
  batch: ([x], { starts, ends, strides }, { size }) => slice(x.node, [0, ...starts], [size, ...ends], [1, ...strides]),
  cases: [
    { inputs: [normal([4, 5])], attributes: { starts: [1, 0], ends: [3, 5], strides: [1, 1] } },
    { inputs: [normal([7, 2])], attributes: { starts: [1, 0], ends: [7, 1], strides: [3, 1] } },
    { inputs: [bits([6], "u8")], attributes: { starts: [0], ends: [6], strides: [2] } },
    { inputs: [normal([3])], attributes: { starts: [1], ends: [1], strides: [1] } },
  ],
  rejects: [
    { inputs: [normal([3])], attributes: { starts: [0], ends: [4], strides: [1] }, code: "shape" },
    { inputs: [normal([3])], attributes: { starts: [0], ends: [3], strides: [0] }, code: "option" },
    { inputs: [normal([3])], attributes: { starts: [0, 0], ends: [3], strides: [1] }, code: "option" },
  ],
});

export const padPrimitive: Primitive = definePrimitive<readonly [x: TensorType], PadAttributes>({
  name: "pad",
  trait: "movement",
  type: ([x], { low, high, interior, value }) => {
    const rank = x.shape.length;
    requireValue("pad", value, x.dtype);
    requireNumbers("pad", "low", low, rank, 0);
    requireNumbers("pad", "high", high, rank, 0);
    requireNumbers("pad", "interior", interior, rank, 0);
    return {
      dtype: x.dtype,
      shape: x.shape.map((extent, index) => {
        const spread = extent === 0 ? 0 : (extent - 1) * (at(interior, index) + 1) + 1;
        return at(low, index) + spread + at(high, index);
      }),
    };
  },
  lower: ([x], attributes, type) => ({ kind: "map", value: padded(x, attributes, type.shape) }),
  vjp: ([x], cotangent, { low, interior }) => [
    slice(
      cotangent,
      low,
      x.type.shape.map((extent, index) =>
        extent === 0 ? at(low, index) : at(low, index) + (extent - 1) * (at(interior, index) + 1) + 1,
      ),
      interior.map((gap) => gap + 1),
    ),
  ],
  batch: ([x], { low, high, interior, value }) => pad(x.node, [0, ...low], [0, ...high], [0, ...interior], value),
  cases: [
    { inputs: [normal([2, 3])], attributes: { low: [1, 0], high: [0, 2], interior: [0, 0], value: 0 } },
    { inputs: [normal([2, 3])], attributes: { low: [0, 1], high: [1, 0], interior: [2, 1], value: 0.5 } },
    { inputs: [bits([3], "u8")], attributes: { low: [1], high: [1], interior: [1], value: 7 } },
    { inputs: [normal([0, 2])], attributes: { low: [1, 0], high: [1, 0], interior: [0, 0], value: 3 } },
  ],
  rejects: [
    { inputs: [normal([3])], attributes: { low: [-1], high: [0], interior: [0], value: 0 }, code: "option" },
    { inputs: [normal([3])], attributes: { low: [0, 0], high: [0], interior: [0], value: 0 }, code: "option" },
    { inputs: [bits([3], "u8")], attributes: { low: [1], high: [0], interior: [0], value: 256 }, code: "option" },
  ],
});

function padded(x: Operand, attributes: PadAttributes, shape: readonly number[]): Expression {
  const { low, high, interior, value } = attributes;
  const type = scalarTypeOf(x.type.dtype);
  if (sizeOf(x.type.shape) === 0) return constant(value, type);
  const conditions: Expression[] = [];
  const place = outputAxes(shape.length).map((output, index) => {
    const step = at(interior, index) + 1;
    const extent = at(x.type.shape, index);
    const moved = plus(output, -at(low, index));
    if (at(low, index) > 0) conditions.push(binary("lessEqual", constant(0), moved));
    if (at(high, index) > 0) conditions.push(binary("less", moved, constant((extent - 1) * step + 1)));
    if (step > 1) conditions.push(binary("equal", binary("modulo", moved, constant(step)), constant(0)));
    return binary("floorDivide", moved, constant(step));
  });
  const inside = all(conditions);
  const element = guarded(inside, x.at(...place));
  return value === 0 ? element : select(inside, element, constant(value, type));
}

/** Elements from `starts` to before `ends`, each `strides`-th. */
export function slice(
  x: Node,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[] = starts.map(() => 1),
): Node {
  const isWhole = sameShape(ends, x.type.shape) && starts.every((start) => start === 0);
  return isWhole && strides.every((stride) => stride === 1) ? x : apply(slicePrimitive, [x], { starts, ends, strides });
}

/** `x` with `low` places before it, `high` behind it and `interior` between neighbours, along each axis, of `value`. */
export function pad(
  x: Node,
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[] = low.map(() => 0),
  value = 0,
): Node {
  const isNone = [...low, ...high, ...interior].every((count) => count === 0) && low.length === x.type.shape.length;
  return isNone ? x : apply(padPrimitive, [x], { low, high, interior, value });
}
