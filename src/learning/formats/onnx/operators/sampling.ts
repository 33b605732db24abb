// Pictures read at places between their pixels: grids, regions, deformed windows, and windows put back into a picture.

import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { arange, full, tensor } from "#engine/tensor/create.ts";
import { concat, stack, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  numbersAttribute,
  optionalInput,
  textOf,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { inParts, onHost } from "../limits.ts";
import { computed, toChannelsLast, type TensorValue } from "../value.ts";
import { windowsOf } from "../windows.ts";

/** Pictures as rows of pixels: [batch · places, channels]. */
interface Pixels {
  readonly rows: Tensor;
  readonly spatial: readonly number[];
  readonly batch: number;
}

function pixelsOf(x: TensorValue): Pixels {
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  return {
    rows: toChannelsLast(x)
      .cast("f32")
      .reshape([batch * sizeOf(spatial), channels]),
    spatial,
    batch,
  };
}

type Padding = "zeros" | "border" | "reflection";

/** The pixels at whole coordinates, each [batch, ...places]; those outside are 0 or the nearest, as padding says. */
function pixelsAt({ rows, spatial, batch }: Pixels, coordinates: readonly Tensor[], isZeroOutside: boolean): Tensor {
  const { shape } = coordinates[0] ?? rows;
  const member = arange(batch).reshape([batch, ...shape.slice(1).map(() => 1)]);
  let index = member.broadcastTo(shape);
  let isInside: Tensor | undefined;
  coordinates.forEach((coordinate, axis) => {
    const extent = spatial[axis] ?? 1;
    const inside = coordinate.clip(0, extent - 1);
    index = index.mul(extent).add(inside.cast("i32"));
    const own = coordinate.equal(inside);
    isInside = isInside === undefined ? own : isInside.and(own);
  });
  const taken = rows.take(index);
  return isZeroOutside && isInside !== undefined ? where(isInside.expandDims(-1), taken, 0) : taken;
}

/** Linear interpolation: the corners around a place, weighted by how near they are. */
function linear(pixels: Pixels, places: readonly Tensor[], isZeroOutside: boolean): Tensor {
  const lows = places.map((place) => place.floor());
  let sum: Tensor | undefined;
  for (let corner = 0; corner < 2 ** places.length; corner += 1) {
    const sides = places.map((_, axis) => (corner >> axis) & 1);
    const at = lows.map((low, axis) => low.add(sides[axis] ?? 0));
    const weights = places.map((place, axis) => {
      const rest = place.sub(lows[axis] ?? 0);
      return sides[axis] === 1 ? rest : rest.neg().add(1);
    });
    const weight = weights.slice(1).reduce((product, one) => product.mul(one), weights[0] ?? full([], 1));
    const part = pixelsAt(pixels, at, isZeroOutside).mul(weight.expandDims(-1));
    sum = sum === undefined ? part : sum.add(part);
  }
  return sum ?? pixels.rows;
}

/** Places brought back into the picture by reflection at its borders. */
function reflected(place: Tensor, extent: number, isAligned: boolean): Tensor {
  const low = isAligned ? 0 : -0.5;
  const span = isAligned ? extent - 1 : extent;
  if (span <= 0) return place.mul(0);
  const within = place
    .sub(low)
    .abs()
    .mod(2 * span);
  return within.minimum(within.neg().add(2 * span)).add(low);
}

interface Grid {
  readonly padding: Padding;
  readonly isAligned: boolean;
}

function bounded(place: Tensor, extent: number, { padding, isAligned }: Grid): Tensor {
  if (padding === "border") return place.clip(0, extent - 1);
  if (padding === "reflection") return reflected(place, extent, isAligned).clip(0, extent - 1);
  return place;
}

function cubicWeights(rest: Tensor): Tensor[] {
  const a = -0.75;
  const near = (x: Tensor): Tensor =>
    x
      .mul(a + 2)
      .sub(a + 3)
      .mul(x)
      .mul(x)
      .add(1);
  const far = (x: Tensor): Tensor =>
    x
      .mul(a)
      .sub(5 * a)
      .mul(x)
      .add(8 * a)
      .mul(x)
      .sub(4 * a);
  return [far(rest.add(1)), near(rest), near(rest.neg().add(1)), far(rest.neg().add(2))];
}

/** Cubic interpolation over two axes; each of the sixteen pixels is brought inside by itself. */
function cubic(pixels: Pixels, places: readonly Tensor[], grid: Grid): Tensor {
  const lows = places.map((place) => place.floor());
  const weights = places.map((place, axis) => cubicWeights(place.sub(lows[axis] ?? 0)));
  const { spatial } = pixels;
  let sum: Tensor | undefined;
  for (let number = 0; number < 4 ** places.length; number += 1) {
    const offsets = places.map((_, axis) => Math.floor(number / 4 ** axis) % 4);
    const at = lows.map((low, axis) => {
      const moved = low.add((offsets[axis] ?? 0) - 1);
      return grid.padding === "zeros" ? moved : bounded(moved, spatial[axis] ?? 1, grid).round();
    });
    const own = weights.map((list, axis) => list[offsets[axis] ?? 0] ?? full([], 1));
    const weight = own.slice(1).reduce((product, one) => product.mul(one), own[0] ?? full([], 1));
    const part = pixelsAt(pixels, at, grid.padding === "zeros").mul(weight.expandDims(-1));
    sum = sum === undefined ? part : sum.add(part);
  }
  return sum ?? pixels.rows;
}

function gridSample(call: Call): TensorValue {
  const [x, grid] = [input(call, 0), input(call, 1).device().cast("f32")];
  const pixels = pixelsOf(x);
  const rank = pixels.spatial.length;
  const isAligned = flag(call, "align_corners");
  const padding = textOf(call, "padding_mode", "zeros");
  if (padding !== "zeros" && padding !== "border" && padding !== "reflection")
    throw wrongNode(call, `padding_mode "${padding}"`);
  const outer = grid.shape.slice(0, -1);
  // The grid names the last axis first.
  const places = pixels.spatial.map((extent, axis) => {
    const at = grid.slice([...outer.map(() => 0), rank - 1 - axis], [...outer, 1]).squeeze(outer.length);
    return isAligned ? at.add(1).mul((extent - 1) / 2) : at.add(1).mul(extent).sub(1).mul(0.5);
  });
  const options: Grid = { padding, isAligned };
  const mode = textOf(call, "mode", "linear");
  const inside = places.map((place, axis) => bounded(place, pixels.spatial[axis] ?? 1, options));
  const result =
    mode === "nearest"
      ? pixelsAt(
          pixels,
          inside.map((place) => place.round()),
          padding === "zeros",
        )
      : mode === "cubic" || mode === "bicubic"
        ? cubic(pixels, places, options)
        : linear(pixels, inside, padding === "zeros");
  const last = result.rank - 1;
  return computed(x.type, result.transpose([0, last, ...Array.from({ length: rank }, (_, axis) => axis + 1)]));
}

/** Where a matrix per picture moves the places of a regular grid. */
function affineGrid(call: Call): TensorValue {
  const theta = input(call, 0);
  const [, , ...spatial] = inputNumbers(call, 1);
  const isAligned = flag(call, "align_corners");
  const rank = spatial.length;
  const axes = spatial.map((extent, axis) => {
    const at = Float32Array.from({ length: onHost(extent, "AffineGrid") }, (_, index) =>
      isAligned ? (extent > 1 ? -1 + (2 * index) / (extent - 1) : 0) : (2 * index + 1) / extent - 1,
    );
    return tensor(at, { shape: spatial.map((_, place) => (place === axis ? extent : 1)) }).broadcastTo(spatial);
  });
  const points = stack([...axes.toReversed(), full(spatial, 1)], -1).reshape([sizeOf(spatial), rank + 1]);
  const moved = points.matMul(theta.device().cast("f32").transpose([0, 2, 1]));
  return computed(theta.type, moved.reshape([theta.shape[0] ?? 1, ...spatial, rank]));
}

/** Means or maxima of a few places in each cell of each region. */
function roiAlign(call: Call): TensorValue {
  const [x, regions, members] = [input(call, 0), input(call, 1), inputNumbers(call, 2)];
  const [height, width] = [numberOf(call, "output_height", 1), numberOf(call, "output_width", 1)];
  const boxes = inputNumbers(call, 1);
  const [, channels = 1, rows = 1, columns = 1] = x.shape;
  const isHalf = call.opset >= 16 && textOf(call, "coordinate_transformation_mode", "half_pixel") === "half_pixel";
  const scale = numberOf(call, "spatial_scale", 1);
  const ratio = numberOf(call, "sampling_ratio", 0);
  const isMax = textOf(call, "mode", "avg") === "max";
  const results = Array.from({ length: inParts(regions.shape[0] ?? 0, "RoiAlign") }, (_, region) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes
      .slice(region * 4, region * 4 + 4)
      .map((edge) => edge * scale - (isHalf ? 0.5 : 0));
    const least = isHalf ? 0 : 1;
    const [tall, wide] = [Math.max(y2 - y1, least), Math.max(x2 - x1, least)];
    const [cellHeight, cellWidth] = [tall / height, wide / width];
    const [down, across] = [ratio > 0 ? ratio : Math.ceil(cellHeight), ratio > 0 ? ratio : Math.ceil(cellWidth)];
    onHost(height * down * width * across, "RoiAlign");
    const ys = placesInCells(y1, cellHeight, height, down);
    const xs = placesInCells(x1, cellWidth, width, across);
    const member = x
      .device()
      .cast("f32")
      .slice([members[region] ?? 0, 0, 0, 0], [1, channels, rows, columns]);
    const samples = sampledRegion(member.transpose([0, 2, 3, 1]), ys, xs, isMax); // [4 or 1, down · height, across · width, channels]
    const cells = samples.reshape([samples.shape[0] ?? 1, height, down, width, across, channels]);
    const merged = isMax ? cells.max([0, 2, 4]) : cells.sum(0).mean([1, 3]);
    return merged.transpose([2, 0, 1]);
  });
  return computed(x.type, stack(results, 0));
}

function placesInCells(start: number, size: number, count: number, samples: number): number[] {
  return Array.from(
    { length: onHost(count * samples, "RoiAlign") },
    (_, at) => start + (Math.floor(at / samples) + ((at % samples) + 0.5) / samples) * size,
  );
}

interface Corners {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** How far each place lies from the lower one. */
  readonly rest: readonly number[];
  /** 0 for places outside of the picture. */
  readonly inside: readonly number[];
}

/** The places around each place of an axis. */
function cornersAlong(places: readonly number[], extent: number): Corners {
  const inside = places.map((place) => Number(place >= -1 && place <= extent));
  const bounded = places.map((place) => Math.max(place, 0));
  const low = bounded.map((place) => Math.min(Math.floor(place), extent - 1));
  const high = low.map((place) => Math.min(place + 1, extent - 1));
  const rest = bounded.map((place, at) => ((low[at] ?? 0) >= extent - 1 ? 0 : place - (low[at] ?? 0)));
  return { low, high, rest, inside };
}

/** The four weighted corners at every crossing of rows and columns. */
function sampledRegion(picture: Tensor, ys: readonly number[], xs: readonly number[], isMax: boolean): Tensor {
  const [, rows = 1, columns = 1, channels = 1] = picture.shape;
  const flat = picture.reshape([rows * columns, channels]);
  const [vertical, horizontal] = [cornersAlong(ys, rows), cornersAlong(xs, columns)];
  const corners = [0, 1, 2, 3].map((corner) => {
    const [isLower, isRight] = [corner >= 2, corner % 2 === 1];
    const index: number[] = [];
    const weights: number[] = [];
    ys.forEach((_, y) => {
      xs.forEach((_x, x) => {
        const row = (isLower ? vertical.high : vertical.low)[y] ?? 0;
        const column = (isRight ? horizontal.high : horizontal.low)[x] ?? 0;
        const [down, across] = [vertical.rest[y] ?? 0, horizontal.rest[x] ?? 0];
        index.push(row * columns + column);
        weights.push(
          (isLower ? down : 1 - down) *
            (isRight ? across : 1 - across) *
            (vertical.inside[y] ?? 0) *
            (horizontal.inside[x] ?? 0),
        );
      });
    });
    const shape = [ys.length, xs.length];
    return flat
      .take(tensor(Int32Array.from(index), { shape }))
      .mul(tensor(Float32Array.from(weights), { shape }).expandDims(-1));
  });
  const all = stack(corners, 0);
  return isMax ? all : all.sum(0, { keepDims: true });
}

/** A convolution whose windows read at offset places. Two spatial axes. */
function deformedConvolution(call: Call): TensorValue {
  const [x, kernel] = [input(call, 0), input(call, 1)];
  const [filters = 1, perGroup = 1, ...window] = kernel.shape;
  const groups = inParts(numberOf(call, "group", 1), "DeformConv");
  const taps = sizeOf(window);
  const all = deformedColumns(call, x, window); // [batch, ...outputs, channels, taps]
  const outer = all.shape.slice(0, -2);
  const inGroup = filters / groups;
  const weights = kernel.device().cast("f32");
  const products = Array.from({ length: groups }, (_, group) => {
    const start = [...outer.map(() => 0), group * perGroup, 0];
    const own = all.slice(start, [...outer, perGroup, taps]).reshape([-1, perGroup * taps]);
    const part = weights.slice([group * inGroup, 0, 0, 0], [inGroup, perGroup, ...window]);
    return own.matMul(part.reshape([inGroup, -1]).transpose()).reshape([...outer, inGroup]);
  });
  const bias = optionalInput(call, 3)?.device();
  const result = concat(products, -1);
  return computed(x.type, (bias === undefined ? result : result.add(bias)).transpose([0, 3, 1, 2]));
}

/** What the taps of all windows read. */
function deformedColumns(call: Call, x: TensorValue, window: readonly number[]): Tensor {
  const offset = input(call, 2);
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  const windows = windowsOf(call, spatial, window);
  const outputs = offset.shape.slice(2);
  const groups = inParts(numberOf(call, "offset_group", 1), "DeformConv");
  const taps = inParts(groups * sizeOf(window), "DeformConv") / groups;
  const moves = offset
    .device()
    .cast("f32")
    .reshape([batch, groups, taps, 2, ...outputs]);
  const mask = optionalInput(call, 4)
    ?.device()
    .cast("f32")
    .reshape([batch, groups, taps, ...outputs]);
  const pictures = toChannelsLast(x).cast("f32");
  const width = channels / groups;
  const columns = Array.from({ length: groups }, (_, group) => {
    const own = pictures.slice([0, 0, 0, group * width], [batch, ...spatial, width]).reshape([-1, width]);
    const samples = Array.from({ length: taps }, (_tap, tap) => {
      const move = moves.slice([0, group, tap, 0, 0, 0], [batch, 1, 1, 2, ...outputs]).reshape([batch, 2, ...outputs]);
      const value = linear({ rows: own, spatial, batch }, placesOfTap(move, tap, windows), true); // [batch, ...outputs, width]
      if (mask === undefined) return value;
      return value.mul(mask.slice([0, group, tap, 0, 0], [batch, 1, 1, ...outputs]).reshape([batch, ...outputs, 1]));
    });
    return stack(samples, -1);
  });
  return concat(columns, -2);
}

/** Where one tap of every window reads, moved as the offsets [batch, 2, ...outputs] say. */
function placesOfTap(move: Tensor, tap: number, { window, strides, dilation, low }: Taps["windows"]): Tensor[] {
  const [batch = 1, , ...outputs] = move.shape;
  const place = [Math.floor(tap / (window[1] ?? 1)), tap % (window[1] ?? 1)];
  return [0, 1].map((axis) => {
    const regular = arange(outputs[axis] ?? 1)
      .cast("f32")
      .mul(strides[axis] ?? 1)
      .add((place[axis] ?? 0) * (dilation[axis] ?? 1) - (low[axis] ?? 0));
    const own = move.slice([0, axis, 0, 0], [batch, 1, ...outputs]).reshape([batch, ...outputs]);
    return own.add(axis === 0 ? regular.reshape([1, -1, 1]) : regular.reshape([1, 1, -1]));
  });
}

/** Windows added back into the pictures they were taken from. */
function columnsToImage(call: Call): TensorValue {
  const x = input(call, 0);
  const [spatial, window] = [inputNumbers(call, 1), inputNumbers(call, 2)];
  const windows = windowsOf(call, spatial, window);
  const [batch = 1, columns = 1, places = 1] = x.shape;
  const taps = sizeOf(window);
  const channels = columns / taps;
  const counts = spatial.map(
    (extent, axis) =>
      Math.floor(
        (extent +
          (windows.low[axis] ?? 0) +
          (windows.high[axis] ?? 0) -
          (((window[axis] ?? 1) - 1) * (windows.dilation[axis] ?? 1) + 1)) /
          (windows.strides[axis] ?? 1),
      ) + 1,
  );
  if (sizeOf(counts) !== places) throw wrongNode(call, `${places} windows, expected ${sizeOf(counts)}`);
  const index = new Int32Array(onHost(taps * places, "Col2Im"));
  for (let tap = 0; tap < taps; tap += 1) {
    for (let place = 0; place < places; place += 1)
      index[tap * places + place] = placeOfTap({ spatial, window, counts, windows }, tap, place);
  }
  const rows = x
    .device()
    .cast("f32")
    .reshape([batch * channels, taps * places])
    .transpose();
  const sums = full([sizeOf(spatial), batch * channels], 0).addRows(tensor(index), rows);
  return computed(x.type, sums.transpose().reshape([batch, channels, ...spatial]));
}

interface Taps {
  readonly spatial: readonly number[];
  readonly window: readonly number[];
  readonly counts: readonly number[];
  readonly windows: ReturnType<typeof windowsOf>;
}

/** Row-major place that a tap of a window reads; -1 outside. */
function placeOfTap({ spatial, window, counts, windows }: Taps, tap: number, place: number): number {
  let [restTap, restPlace, at, stride] = [tap, place, 0, 1];
  for (let axis = spatial.length - 1; axis >= 0; axis -= 1) {
    const [extent, size, count] = [spatial[axis] ?? 1, window[axis] ?? 1, counts[axis] ?? 1];
    const row =
      (restPlace % count) * (windows.strides[axis] ?? 1) +
      (restTap % size) * (windows.dilation[axis] ?? 1) -
      (windows.low[axis] ?? 0);
    if (row < 0 || row >= extent) return -1;
    at += row * stride;
    stride *= extent;
    restTap = Math.floor(restTap / size);
    restPlace = Math.floor(restPlace / count);
  }
  return at;
}

/** What a pool took, put back where it came from. */
function maxUnpool(call: Call): TensorValue {
  const [x, index] = [input(call, 0), input(call, 1)];
  const window = numbersAttribute(call, "kernel_shape") ?? [];
  const strides = numbersAttribute(call, "strides") ?? window.map(() => 1);
  const pads = numbersAttribute(call, "pads") ?? [...window, ...window].map(() => 0);
  const natural = x.shape
    .slice(2)
    .map(
      (extent, axis) =>
        (extent - 1) * (strides[axis] ?? 1) +
        (window[axis] ?? 1) -
        (pads[axis] ?? 0) -
        (pads[axis + window.length] ?? 0),
    );
  const shape = optionalInput(call, 2) === undefined ? [...x.shape.slice(0, 2), ...natural] : inputNumbers(call, 2);
  if (shape.length !== x.shape.length)
    throw new SinterError("format", "onnx: MaxUnpool: output_shape has another rank.");
  // Places count in the natural extents; a wider output has other ones.
  const places = index.device().cast("i32").reshape([-1]);
  const moved =
    optionalInput(call, 2) === undefined ? places : widened(places, [...x.shape.slice(0, 2), ...natural], shape);
  const flat = full([sizeOf(shape)], 0).addRows(moved, x.device().cast("f32").reshape([-1]));
  return computed(x.type, flat.reshape(shape));
}

function widened(places: Tensor, from: readonly number[], to: readonly number[]): Tensor {
  let [rest, at, stride] = [places, places.mul(0), 1];
  for (let axis = from.length - 1; axis >= 0; axis -= 1) {
    at = at.add(rest.mod(from[axis] ?? 1).mul(stride));
    rest = rest.floorDiv(from[axis] ?? 1);
    stride *= to[axis] ?? 1;
  }
  return at;
}

export const samplingOperators: Operators = {
  GridSample: { run: (call) => [gridSample(call)] },
  AffineGrid: { known: [1], run: (call) => [affineGrid(call)] },
  RoiAlign: { known: [1, 2], run: (call) => [roiAlign(call)] },
  DeformConv: { run: (call) => [deformedConvolution(call)] },
  Col2Im: { known: [1, 2], run: (call) => [columnsToImage(call)] },
  MaxUnpool: { known: [2], run: (call) => [maxUnpool(call)] },
};
