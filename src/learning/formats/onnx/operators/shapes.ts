// Operators that move elements or make them: shapes, parts, joins, constants.

import { normalizeAxes, normalizeAxis, sizeOf } from "#engine/base/shape.ts";
import { castTo } from "../elementwise.ts";
import { elementTypeOf, hostValues } from "../element-types.ts";
import { concat, expand, gather, reshape, slice, transpose, type Range } from "../movement.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  numbersAttribute,
  optionalInput,
  optionalNumber,
  optionalNumbers,
  tensorAttribute,
  tensorInputs,
  textOf,
  textsAttribute,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { inParts, onHost } from "../limits.ts";
import { known, knownNumbers, numbersOf, type TensorValue } from "../value.ts";

/** Axes from an input in newer versions, from an attribute in older ones. */
export function axesOf(call: Call, place: number): readonly number[] | undefined {
  return optionalNumbers(call, place) ?? numbersAttribute(call, "axes");
}

function reshaped(call: Call): TensorValue {
  const x = input(call, 0);
  const asked = numbersAttribute(call, "shape") ?? inputNumbers(call, 1);
  const keepsZero = flag(call, "allowzero");
  const shape = asked.map((extent, axis) => (extent === 0 && !keepsZero ? (x.shape[axis] ?? 0) : extent));
  const rest = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  return reshape(
    x,
    shape.map((extent) => (extent === -1 ? sizeOf(x.shape) / Math.max(rest, 1) : extent)),
  );
}

function flattened(call: Call): TensorValue {
  const x = input(call, 0);
  const axis = numberOf(call, "axis", 1);
  const border = axis < 0 ? axis + x.shape.length : axis;
  return reshape(x, [sizeOf(x.shape.slice(0, border)), sizeOf(x.shape.slice(border))]);
}

function squeezed(call: Call): TensorValue {
  const x = input(call, 0);
  const given = axesOf(call, 1);
  const ones = x.shape.flatMap((extent, axis) => (extent === 1 ? [axis] : []));
  const axes = given === undefined ? ones : normalizeAxes(given, x.shape.length, "Squeeze");
  return reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
}

function unsqueezed(call: Call): TensorValue {
  const x = input(call, 0);
  const given = axesOf(call, 1) ?? [];
  const axes = normalizeAxes(given, x.shape.length + given.length, "Unsqueeze");
  const shape = [...x.shape];
  for (const axis of axes) shape.splice(axis, 0, 1);
  return reshape(x, shape);
}

function transposed(call: Call): TensorValue {
  const x = input(call, 0);
  const rank = x.shape.length;
  const order = numbersAttribute(call, "perm") ?? x.shape.map((_, axis) => rank - 1 - axis);
  if (order.length !== rank || normalizeAxes(order, rank, "Transpose").length !== rank) throw wrongNode(call, "perm");
  return transpose(x, order);
}

function sliced(call: Call): TensorValue {
  const x = input(call, 0);
  const starts = optionalNumbers(call, 1) ?? numbersAttribute(call, "starts") ?? [];
  const ends = optionalNumbers(call, 2) ?? numbersAttribute(call, "ends") ?? [];
  const axes = optionalNumbers(call, 3) ?? numbersAttribute(call, "axes") ?? starts.map((_, axis) => axis);
  const steps = optionalNumbers(call, 4) ?? starts.map(() => 1);
  const ranges: Range[] = x.shape.map((extent) => ({ start: 0, count: extent, step: 1 }));
  axes.forEach((axis, index) => {
    const place = normalizeAxis(axis, x.shape.length, "Slice");
    const bounds = { start: starts[index] ?? 0, end: ends[index] ?? 0, step: steps[index] ?? 1 };
    ranges[place] = rangeOf(call, bounds, x.shape[place] ?? 0);
  });
  return slice(x, ranges);
}

/** NumPy's rules: negative bounds count from the end, those outside are brought to it. */
function rangeOf(
  call: Call,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
  extent: number,
): Range {
  if (step === 0) throw wrongNode(call, "a step of 0");
  const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
  const inside = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + extent : bound, least), most);
  const [from, to] = [inside(start), inside(end)];
  return { start: Math.max(from, 0), count: Math.max(Math.ceil((to - from) / step), 0), step };
}

function split(call: Call): TensorValue[] {
  const x = input(call, 0);
  const axis = normalizeAxis(numberOf(call, "axis", 0), x.shape.length, "Split");
  const extent = x.shape[axis] ?? 0;
  const numParts = optionalNumber(call, "num_outputs") ?? call.node.outputs.length;
  inParts(numParts, "Split");
  const even = Math.ceil(extent / Math.max(numParts, 1));
  const sizes =
    optionalNumbers(call, 1) ??
    numbersAttribute(call, "split") ??
    Array.from({ length: numParts }, (_, index) => Math.max(Math.min(even, extent - index * even), 0));
  let start = 0;
  return sizes.map((count) => {
    const part = slice(
      x,
      x.shape.map((whole, place) => (place === axis ? { start, count, step: 1 } : { start: 0, count: whole, step: 1 })),
    );
    start += count;
    if (start > extent) throw wrongNode(call, "parts beyond the end");
    return part;
  });
}

function expanded(call: Call): TensorValue {
  const x = input(call, 0);
  const asked = inputNumbers(call, 1);
  const rank = Math.max(asked.length, x.shape.length);
  const own = [...Array.from({ length: rank - x.shape.length }, () => 1), ...x.shape];
  const other = [...Array.from({ length: rank - asked.length }, () => 1), ...asked];
  return expand(
    x,
    own.map((extent, axis) => (extent === 1 ? (other[axis] ?? 1) : extent)),
  );
}

function tiled(call: Call): TensorValue {
  const x = input(call, 0);
  const repeats = inputNumbers(call, 1);
  const apart = reshape(
    x,
    x.shape.flatMap((extent) => [1, extent]),
  );
  const spread = expand(
    apart,
    x.shape.flatMap((extent, axis) => [repeats[axis] ?? 1, extent]),
  );
  return reshape(
    spread,
    x.shape.map((extent, axis) => extent * (repeats[axis] ?? 1)),
  );
}

function shapeOf(call: Call): TensorValue {
  const { shape } = input(call, 0);
  const part = shape.slice(numberOf(call, "start", 0), optionalNumber(call, "end") ?? shape.length);
  return knownNumbers("i64", [part.length], part);
}

function constant(call: Call): TensorValue {
  const tensor = tensorAttribute(call, "value");
  if (tensor !== undefined) return known(tensor.type, tensor.shape, tensor.read());
  const { attributes } = call.node;
  if (attributes.has("value_float")) return knownNumbers("f32", [], [numberOf(call, "value_float")]);
  if (attributes.has("value_int")) return knownNumbers("i64", [], [numberOf(call, "value_int")]);
  if (attributes.has("value_string")) return known("string", [], [textOf(call, "value_string", "")]);
  const texts = textsAttribute(call, "value_strings");
  if (texts !== undefined) return known("string", [texts.length], texts);
  const floats = numbersAttribute(call, "value_floats");
  if (floats !== undefined) return knownNumbers("f32", [floats.length], floats);
  const integers = numbersAttribute(call, "value_ints");
  if (integers !== undefined) return knownNumbers("i64", [integers.length], integers);
  throw wrongNode(call, "a constant without a value");
}

function constantOfShape(call: Call): TensorValue {
  const shape = inputNumbers(call, 0);
  const value = tensorAttribute(call, "value");
  const type = value?.type ?? "f32";
  const scalar = value === undefined ? knownNumbers("f32", [], [0]) : known(type, [], value.read());
  return expand(scalar, shape);
}

function range(call: Call): TensorValue {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((place) => inputNumbers(call, place)[0]);
  const length = Math.max(Math.ceil((limit - start) / delta), 0);
  if (Number.isNaN(length)) throw wrongNode(call, "a range without an end");
  onHost(length, "Range");
  const { type } = input(call, 0);
  return knownNumbers(
    type,
    [length],
    Float64Array.from({ length }, (_, index) => start + index * delta),
  );
}

function eyeLike(call: Call): TensorValue {
  const x = input(call, 0);
  const [rows = 1, columns = 1] = x.shape;
  onHost(rows * columns, "EyeLike");
  const offset = numberOf(call, "k", 0);
  const to = optionalNumber(call, "dtype");
  const values = hostValues(to === undefined ? x.type : elementTypeOf(to), rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const column = row + offset;
    if (column >= 0 && column < columns) values[row * columns + column] = 1;
  }
  return known(to === undefined ? x.type : elementTypeOf(to), [rows, columns], values);
}

function cast(call: Call): TensorValue {
  return castValue(call, input(call, 0), elementTypeOf(numberOf(call, "to")));
}

function castValue(call: Call, x: TensorValue, type: TensorValue["type"]): TensorValue {
  if (x.type !== "string" && type !== "string") return castTo(x, type);
  if (x.type === type) return x;
  if (x.host === undefined) throw wrongNode(call, "texts that are computed");
  if (type === "string") return known(type, x.shape, Array.from(numbersOf(x), numberText));
  return knownNumbers(type, x.shape, Array.from(x.host, textNumber));
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "INF" : "-INF";
}

function textNumber(text: string | number): number {
  const plain = String(text).trim().toLowerCase();
  if (plain === "inf" || plain === "+inf") return Number.POSITIVE_INFINITY;
  return plain === "-inf" ? Number.NEGATIVE_INFINITY : Number(plain);
}

export const shapeOperators: Operators = {
  Identity: {
    run: (call) => {
      const [value] = call.inputs;
      return [value ?? input(call, 0)];
    },
  },
  Cast: { run: (call) => [cast(call)] },
  CastLike: { run: (call) => [castValue(call, input(call, 0), input(call, 1).type)] },
  Reshape: { known: [1], run: (call) => [reshaped(call)] },
  Flatten: { run: (call) => [flattened(call)] },
  Squeeze: { known: [1], run: (call) => [squeezed(call)] },
  Unsqueeze: { known: [1], run: (call) => [unsqueezed(call)] },
  Transpose: { run: (call) => [transposed(call)] },
  Slice: { known: [1, 2, 3, 4], run: (call) => [sliced(call)] },
  Split: { known: [1], run: split },
  Concat: { run: (call) => [concat(tensorInputs(call), numberOf(call, "axis", 1))] },
  Expand: { known: [1], run: (call) => [expanded(call)] },
  Tile: { known: [1], run: (call) => [tiled(call)] },
  Gather: { run: (call) => [gather(input(call, 0), input(call, 1), numberOf(call, "axis", 0))] },
  Shape: { run: (call) => [shapeOf(call)] },
  Size: { run: (call) => [knownNumbers("i64", [], [sizeOf(input(call, 0).shape)])] },
  Constant: { run: (call) => [constant(call)] },
  ConstantOfShape: { known: [0], run: (call) => [constantOfShape(call)] },
  Range: { known: [0, 1, 2], run: (call) => [range(call)] },
  EyeLike: { run: (call) => [eyeLike(call)] },
  Dropout: {
    known: [1, 2],
    run: (call) => {
      const x = input(call, 0);
      const isTraining = (optionalNumbers(call, 2)?.[0] ?? 0) !== 0 && (optionalNumbers(call, 1)?.[0] ?? 0.5) !== 0;
      if (isTraining && optionalInput(call, 2) !== undefined) throw wrongNode(call, "dropout in training mode");
      return [x, expand(knownNumbers("bool", [], [1]), x.shape)];
    },
  },
};
