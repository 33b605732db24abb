// Operations of TensorFlow that give tensors other shapes, borders and orders, or make them of a number.

import { normalizeAxes, normalizeAxis, sizeOf, type Shape } from "#engine/base/shape.ts";
import { onHost } from "../../onnx/limits.ts";
import { concat, expand, reshape, slice, transpose, type Range } from "../../onnx/movement.ts";
import {
  input,
  inputNumbers,
  numberOf,
  numbersAttribute,
  tensorInputs,
  textOf,
  type Call,
  type Operators,
  wrongNode,
} from "../../onnx/operator.ts";
import { computed, knownNumbers, type TensorValue } from "../../onnx/value.ts";
import { making, oneByOnnx } from "./calls.ts";

/** A list of whole numbers, or one. */
export function integers(numbers: readonly number[], shape: Shape = [numbers.length]): TensorValue {
  return knownNumbers("i32", shape, numbers);
}

function reshaped(call: Call): TensorValue {
  const x = input(call, 0);
  const asked = inputNumbers(call, 1);
  const rest = asked.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  return reshape(
    x,
    asked.map((extent) => (extent === -1 ? sizeOf(x.shape) / Math.max(rest, 1) : extent)),
  );
}

function squeezed(call: Call): TensorValue {
  const x = input(call, 0);
  const asked = numbersAttribute(call, "squeeze_dims") ?? numbersAttribute(call, "axis") ?? [];
  const axes = normalizeAxes(asked, x.shape.length, "Squeeze");
  const isGone = (extent: number, axis: number): boolean => (asked.length === 0 ? extent === 1 : axes.includes(axis));
  return reshape(
    x,
    x.shape.filter((extent, axis) => !isGone(extent, axis)),
  );
}

function expandedDims(call: Call): TensorValue {
  const x = input(call, 0);
  const [axis = 0] = inputNumbers(call, 1);
  const place = normalizeAxis(axis, x.shape.length + 1, "ExpandDims");
  return reshape(x, [...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}

function transposed(call: Call): TensorValue {
  const x = input(call, 0);
  const order = inputNumbers(call, 1);
  const rank = x.shape.length;
  if (order.length !== rank || normalizeAxes(order, rank, "Transpose").length !== rank) throw wrongNode(call, "perm");
  return transpose(x, order);
}

/** Places before and after each axis, which come in pairs. */
function bordersOf(call: Call): { low: number[]; high: number[] } {
  const pairs = inputNumbers(call, 1);
  const { shape } = input(call, 0);
  const side = (offset: number): number[] => shape.map((_, axis) => pairs[2 * axis + offset] ?? 0);
  const [low, high] = [side(0), side(1)];
  if (pairs.length !== 2 * shape.length || pairs.some((extent) => extent < 0 || !Number.isInteger(extent))) {
    throw wrongNode(call, `borders of ${pairs.join(", ")}`);
  }
  return { low, high };
}

function padded(call: Call): TensorValue {
  const { low, high } = bordersOf(call);
  const [value = 0] = call.inputs.length > 2 ? inputNumbers(call, 2) : [];
  return bordered(input(call, 0), { low, high, value });
}

/** A number around a tensor. */
export function bordered(
  x: TensorValue,
  {
    low,
    high,
    value = 0,
  }: { readonly low: readonly number[]; readonly high: readonly number[]; readonly value?: number },
): TensorValue {
  if (x.host === undefined) return computed(x.type, x.device().pad(low, high, value));
  return x.shape.reduce((whole, _, axis) => {
    const side = (count: number | undefined): TensorValue[] => {
      if (count === undefined || count === 0) return [];
      const shape = whole.shape.map((extent, place) => (place === axis ? count : extent));
      return [expand(knownNumbers(x.type, [], [value]), shape)];
    };
    const parts = [...side(low[axis]), whole, ...side(high[axis])];
    return parts.length === 1 ? whole : concat(parts, axis);
  }, x);
}

/** The tensor turned around its borders: with them (SYMMETRIC) or without (REFLECT). */
function mirrored(call: Call): TensorValue {
  const { low, high } = bordersOf(call);
  const skip = textOf(call, "mode", "REFLECT") === "REFLECT" ? 1 : 0;
  return low.reduce(
    (x, before, axis) => {
      const after = high[axis] ?? 0;
      const extent = x.shape[axis] ?? 0;
      if (Math.max(before, after) > extent - skip) throw wrongNode(call, "a border wider than the picture");
      const turned = (last: number, count: number): TensorValue[] => {
        const part = (whole: number, place: number): Range =>
          place === axis ? { start: last, count, step: -1 } : { start: 0, count: whole, step: 1 };
        return count === 0 ? [] : [slice(x, x.shape.map(part))];
      };
      const parts = [...turned(before - 1 + skip, before), x, ...turned(extent - 1 - skip, after)];
      return parts.length === 1 ? x : concat(parts, axis);
    },
    input(call, 0),
  );
}

function filled(call: Call): TensorValue {
  return expand(input(call, 1), inputNumbers(call, 0));
}

/** The same number everywhere, of the shape and type of the input. */
function like(call: Call, value: number): TensorValue {
  const x = input(call, 0);
  return expand(knownNumbers(x.type, [], [value]), x.shape);
}

function lineSpace(call: Call): TensorValue {
  const [start = 0, stop = 0, count = 1] = [0, 1, 2].map((place) => inputNumbers(call, place)[0]);
  if (!Number.isInteger(count) || count < 1) throw wrongNode(call, `${count} numbers`);
  const step = count === 1 ? 0 : (stop - start) / (count - 1);
  return knownNumbers(
    "f32",
    [count],
    Float64Array.from({ length: onHost(count, "LinSpace") }, (_, index) => start + index * step),
  );
}

/** A number at the places that an index names, another elsewhere. */
function oneHot(call: Call): TensorValue {
  const index = input(call, 0);
  const [depth = 0] = inputNumbers(call, 1);
  const values = concat([reshape(input(call, 3), [1]), reshape(input(call, 2), [1])], 0);
  return oneByOnnx(call, "OneHot", [index, integers([depth], []), values], { axis: numberOf(call, "axis", -1) });
}

function tiled(call: Call): TensorValue {
  return oneByOnnx(call, "Tile", call.inputs);
}

/** An array of zeros, at whose places rows are added. */
function scattered(call: Call): TensorValue {
  const rows = input(call, 1);
  const zeros = expand(knownNumbers(rows.type, [], [0]), inputNumbers(call, 2));
  return oneByOnnx(call, "ScatterND", [zeros, input(call, 0), rows], { reduction: "add" });
}

const first = making((call) => input(call, 0));

export const shapeOperators: Operators = {
  Identity: { run: (call) => [call.inputs[0] ?? input(call, 0)] },
  Snapshot: first,
  StopGradient: first,
  CheckNumerics: first,
  EnsureShape: first,
  IdentityN: { run: (call) => tensorInputs(call) },
  Reshape: making(reshaped, [1]),
  Squeeze: making(squeezed),
  ExpandDims: making(expandedDims, [1]),
  Transpose: making(transposed, [1]),
  Shape: making((call) => integers(input(call, 0).shape)),
  ShapeN: { run: (call) => tensorInputs(call).map(({ shape }) => integers(shape)) },
  Size: making((call) => integers([sizeOf(input(call, 0).shape)], [])),
  Rank: making((call) => integers([input(call, 0).shape.length], [])),
  Tile: making(tiled, [1]),
  Pad: making(padded, [1]),
  PadV2: making(padded, [1, 2]),
  MirrorPad: making(mirrored, [1]),
  BroadcastTo: making((call) => expand(input(call, 0), inputNumbers(call, 1)), [1]),
  Fill: making(filled, [0]),
  Range: making((call) => oneByOnnx(call, "Range", call.inputs), [0, 1, 2]),
  LinSpace: making(lineSpace, [0, 1, 2]),
  ZerosLike: making((call) => like(call, 0)),
  OnesLike: making((call) => like(call, 1)),
  GatherNd: making((call) => oneByOnnx(call, "GatherND", call.inputs)),
  ScatterNd: making(scattered, [2]),
  TensorScatterUpdate: making((call) => oneByOnnx(call, "ScatterND", call.inputs)),
  OneHot: making(oneHot, [1]),
};
