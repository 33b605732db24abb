// Operations that move elements: other shapes, other orders, windows, repetitions.

import type { ConfigValue } from "#engine/base/options.ts";
import { normalizeAxis } from "#engine/base/shape.ts";
import { concat, stack } from "#engine/tensor/math.ts";
import { arange } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { isList, isObject, type OperationCall } from "./call.ts";
import type { Operation } from "./elementwise.ts";

/** Elements of one axis, from `start`, `size` many. */
function window(x: Tensor, axis: number, start: number, size: number): Tensor {
  const at = (value: number, rest: number): number[] => x.shape.map((_, index) => (index === axis ? value : rest));
  return x.slice(at(start, 0), at(size, -1));
}

function axisOf(call: OperationCall, x: Tensor, standard?: number, name = "axis"): number {
  return normalizeAxis(call.number(name, standard), x.rank, call.label);
}

/** x with an axis moved to another place. */
function moved(x: Tensor, from: number, to: number): Tensor {
  const order = x.shape.map((_, axis) => axis).filter((axis) => axis !== from);
  order.splice(to, 0, from);
  return x.transpose(order);
}

function moveAxes(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const axes = (name: string): number[] =>
    (call.numbers(name) ?? []).map((axis) => normalizeAxis(axis, x.rank, call.label));
  const [source, destination] = [axes("source"), axes("destination")];
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !source.includes(axis));
  const order = x.shape.map((_, axis) => source[destination.indexOf(axis)] ?? rest.shift() ?? 0);
  return x.transpose(order);
}

function swapAxes(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const [first, second] = [axisOf(call, x, undefined, "axis1"), axisOf(call, x, undefined, "axis2")];
  return x.transpose(x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis)));
}

function expand(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const axes = call.numbers("axis") ?? [];
  const rank = x.rank + axes.length;
  const places = axes.map((axis) => normalizeAxis(axis, rank, call.label)).toSorted((a, b) => a - b);
  return places.reduce((result, axis) => result.expandDims(axis), x);
}

function split(call: OperationCall): Tensor[] {
  const x = call.tensor(0);
  const axis = axisOf(call, x, 0);
  const extent = x.shape[axis] ?? 0;
  const sections = call.value("indicesOrSections");
  const count = typeof sections === "number" ? sections : 0;
  if (count > 0 && extent % count !== 0) call.reject(`an axis of ${extent} and indices_or_sections`, sections);
  const ends =
    count > 0
      ? Array.from({ length: count }, (_, part) => ((part + 1) * extent) / count)
      : [...(call.numbers("indicesOrSections") ?? []), extent];
  return ends.map((end, part) => window(x, axis, ends[part - 1] ?? 0, end - (ends[part - 1] ?? 0)));
}

function unstack(call: OperationCall): Tensor[] {
  const x = call.tensor(0);
  const axis = axisOf(call, x, 0);
  return Array.from({ length: x.shape[axis] ?? 0 }, (_, place) => window(x, axis, place, 1).squeeze(axis));
}

/** Each element `repeats` times. */
function repeat(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const axis = axisOf(call, x);
  const repeats = call.number("repeats");
  const shape = [...x.shape];
  shape.splice(axis + 1, 0, repeats);
  return x
    .expandDims(axis + 1)
    .broadcastTo(shape)
    .reshape(x.shape.map((extent, index) => (index === axis ? extent * repeats : extent)));
}

/** The whole tensor again and again along each axis. */
function tile(call: OperationCall): Tensor {
  const given = call.numbers("repeats") ?? [];
  let x = call.tensor(0);
  const rank = Math.max(x.rank, given.length);
  x = x.reshape([...Array.from({ length: rank - x.rank }, () => 1), ...x.shape]);
  const repeats = [...Array.from({ length: rank - given.length }, () => 1), ...given];
  return repeats.reduce(
    (result, count, axis) =>
      count === 1
        ? result
        : concat(
            Array.from({ length: count }, () => result),
            axis,
          ),
    x,
  );
}

/** Pairs of widths for each axis. */
function padWidths(call: OperationCall, rank: number): (readonly [low: number, high: number])[] {
  const value = call.value("padWidth");
  const pairs = (isList(value) ? value : []).map((pair): readonly [number, number] => {
    const [low, high] = isList(pair) ? pair : [];
    return typeof low === "number" && typeof high === "number" ? [low, high] : call.reject("pad_width", value);
  });
  const [first] = pairs;
  if (pairs.length !== rank && (pairs.length !== 1 || first === undefined)) call.reject("pad_width", value);
  return Array.from({ length: rank }, (_, axis) => pairs[pairs.length === 1 ? 0 : axis] ?? [0, 0]);
}

function pad(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const widths = padWidths(call, x.rank);
  const mode = call.value("mode") ?? "constant";
  if (mode === "constant") {
    const value = call.number("constantValues", 0, 1);
    return x.pad(
      widths.map(([low]) => low),
      widths.map(([, high]) => high),
      value,
    );
  }
  if (mode !== "reflect" && mode !== "symmetric") call.reject("mode", mode);
  // A reflection leaves the border's element out, a symmetric one repeats it.
  const skip = mode === "reflect" ? 1 : 0;
  return widths.reduce((result, [low, high], axis) => {
    const extent = result.shape[axis] ?? 0;
    const mirrored = (start: number, size: number): Tensor[] =>
      size === 0 ? [] : [window(result, axis, start, size).reverse(axis)];
    return concat([...mirrored(skip, low), result, ...mirrored(extent - skip - high, high)], axis);
  }, x);
}

function roll(call: OperationCall): Tensor {
  const [shifts, axes] = [call.numbers("shift") ?? [], call.numbers("axis")];
  if (axes === undefined) call.reject("axis", null);
  return (axes ?? []).reduce((x, axis, place) => {
    const at = normalizeAxis(axis, x.rank, call.label);
    const extent = x.shape[at] ?? 1;
    const shift = (((shifts[place] ?? shifts[0] ?? 0) % extent) + extent) % extent || 0;
    return shift === 0 ? x : concat([window(x, at, extent - shift, shift), window(x, at, 0, extent - shift)], at);
  }, call.tensor(0));
}

/** Rows along an axis; places from the end are negative. */
function take(call: OperationCall): Tensor {
  const x = call.tensor(0);
  const axis = axisOf(call, x);
  const extent = x.shape[axis] ?? 0;
  const given = call.tensor(1, "indices").cast("i32");
  const index = given.add(given.less(0).cast("i32").mul(extent));
  const rows = moved(x, axis, 0).take(index); // [...index, ...rest]
  const order = rows.shape.map((_, place) => place);
  const [front, rest] = [order.slice(0, index.rank), order.slice(index.rank)];
  return rows.transpose([...rest.slice(0, axis), ...front, ...rest.slice(axis)]);
}

/** What `x[key]` names: of whole numbers, slices, new axes and an ellipsis. @source NumPy, basic indexing */
function getItem(call: OperationCall): Tensor {
  const key = call.value("key", 1);
  const items: readonly ConfigValue[] = isList(key) ? key : [key];
  const isEllipsis = (item: ConfigValue): boolean => isObject(item) && item["kind"] === "ellipsis";
  const taken = items.filter((item) => item !== null && !isEllipsis(item)).length;
  let x = call.tensor(0);
  let axis = 0;
  for (const item of items) {
    if (isEllipsis(item)) axis += x.rank - axis - (taken - countTaken(items, item, isEllipsis));
    else if (item === null) {
      x = x.expandDims(axis);
      axis += 1;
    } else if (typeof item === "number") {
      const extent = x.shape[axis] ?? 0;
      const start = item < 0 ? item + extent : item;
      if (!Number.isInteger(start) || start < 0 || start >= extent) call.reject(`an axis of ${extent} and key`, item);
      x = window(x, axis, start, 1).squeeze(axis);
    } else {
      x = sliced(call, x, axis, item);
      axis += 1;
    }
  }
  return x;
}

/** Axes that the items before the ellipsis take. */
function countTaken(
  items: readonly ConfigValue[],
  ellipsis: ConfigValue,
  isEllipsis: (item: ConfigValue) => boolean,
): number {
  return items.slice(0, items.indexOf(ellipsis)).filter((item) => item !== null && !isEllipsis(item)).length;
}

function sliced(call: OperationCall, x: Tensor, axis: number, item: ConfigValue): Tensor {
  const { kind, start, stop, step } = isObject(item) ? item : {};
  const stride = typeof step === "number" ? step : 1;
  if (kind !== "slice" || !Number.isInteger(stride) || stride === 0) call.reject("key", item);
  const extent = x.shape[axis] ?? 0;
  const [low, high] = stride > 0 ? [0, extent] : [-1, extent - 1];
  const bound = (value: ConfigValue, standard: number): number => {
    if (value === null || value === undefined) return standard;
    const place = typeof value === "number" ? value : call.reject("key", item);
    return Math.min(high, Math.max(place < 0 ? place + extent : place, low));
  };
  const first = bound(start, stride > 0 ? low : high);
  const last = bound(stop, stride > 0 ? high : low);
  const size = Math.max(0, Math.ceil((last - first) / stride));
  const at = (value: number, rest: number): number[] => x.shape.map((_, index) => (index === axis ? value : rest));
  if (stride > 0) return x.slice(at(first, 0), at(size, -1), at(stride, 1));
  // Backwards: the elements forwards, then turned around.
  const begin = Math.max(0, first + (size - 1) * stride);
  return x.slice(at(begin, 0), at(size, -1), at(-stride, 1)).reverse(axis);
}

/** Of NHWC pictures, blocks of channels as blocks of pixels, or back. */
function blocks(call: OperationCall, isToSpace: boolean): Tensor {
  const x = call.tensor(0);
  const size = call.number("blockSize");
  if (call.value("dataFormat") === "channels_first") call.reject("data_format", "channels_first");
  const [batch = 0, rows = 0, columns = 0, channels = 0] = x.shape;
  if (isToSpace) {
    const depth = channels / size ** 2;
    const parts = x.reshape([batch, rows, columns, size, size, depth]).transpose([0, 1, 3, 2, 4, 5]);
    return parts.reshape([batch, rows * size, columns * size, depth]);
  }
  const parts = x.reshape([batch, rows / size, size, columns / size, size, channels]).transpose([0, 1, 3, 2, 4, 5]);
  return parts.reshape([batch, rows / size, columns / size, size * size * channels]);
}

/** What lies on and below (`side` 1) or above (-1) a diagonal of the last two axes. */
function triangle(call: OperationCall, side: 1 | -1): Tensor {
  const x = call.tensor(0);
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const distance = arange(columns, { dtype: "i32" }).sub(arange(rows, { dtype: "i32" }).expandDims(1));
  const offset = call.number("k", 0);
  const isKept = side === 1 ? distance.lessEqual(offset) : distance.greaterEqual(offset);
  return x.mul(isKept.cast(x.dtype === "f32" ? "f32" : "i32"));
}

export const movement: Readonly<Record<string, Operation>> = {
  Reshape: (call) => call.tensor(0).reshape(call.numbers("newshape") ?? []),
  Transpose: (call) => call.tensor(0).transpose(call.numbers("axes")),
  ExpandDims: expand,
  Squeeze: (call) => call.tensor(0).squeeze(call.numbers("axis")),
  Concatenate: (call) => joined(call, concat),
  Stack: (call) => joined(call, stack),
  Split: split,
  Unstack: unstack,
  Swapaxes: swapAxes,
  Moveaxis: moveAxes,
  Flip: (call) => call.tensor(0).reverse(call.numbers("axis") ?? call.reject("axis", null)),
  Repeat: repeat,
  Tile: tile,
  Pad: pad,
  Roll: roll,
  Take: take,
  GetItem: getItem,
  DepthToSpace: (call) => blocks(call, true),
  SpaceToDepth: (call) => blocks(call, false),
  Tril: (call) => triangle(call, 1),
  Triu: (call) => triangle(call, -1),
};

/** Several tensors as one; whole numbers become floats beside floats. */
function joined(call: OperationCall, join: (tensors: readonly Tensor[], axis: number) => Tensor): Tensor {
  const tensors = call.tensors(0, "xs");
  const isFloat = tensors.some(({ dtype }) => dtype === "f32");
  const isOne = tensors.every(({ dtype }) => dtype === tensors[0]?.dtype);
  return join(isOne ? tensors : tensors.map((one) => one.cast(isFloat ? "f32" : "i32")), call.number("axis", 0));
}
