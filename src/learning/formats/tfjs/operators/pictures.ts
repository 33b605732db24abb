// Pictures in other sizes, as TensorFlow makes them: [batch, height, width, channels].

import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { flag, input, inputNumbers, type Call, type Operators, wrongNode } from "../../onnx/operator.ts";
import { computed, type TensorValue } from "../../onnx/value.ts";
import { making } from "./calls.ts";
import { floats } from "./products.ts";

const maxExtent = 2 ** 15;

/** Where the places of a new axis lie on the old one. */
function positions(call: Call, from: number, to: number): Float64Array {
  const corners = flag(call, "align_corners");
  const centres = flag(call, "half_pixel_centers");
  const scale = corners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return Float64Array.from({ length: to }, (_, index) => (centres ? (index + 0.5) * scale - 0.5 : index * scale));
}

/** Rows along an axis. */
function taken(x: Tensor, axis: number, places: Int32Array): Tensor {
  const index = tensor(places, { shape: [places.length], dtype: "i32" });
  if (axis === 0) return x.take(index);
  const order = x.shape.map((_, place) => (place === 0 ? axis : place === axis ? 0 : place));
  return x.transpose(order).take(index).transpose(order);
}

/** The two neighbours of each place, by their shares. */
function mixed(call: Call, x: Tensor, axis: number, to: number): Tensor {
  const from = x.shape[axis] ?? 1;
  const at = positions(call, from, to);
  const inside = (place: number): number => Math.min(Math.max(place, 0), from - 1);
  const lower = Int32Array.from(at, (place) => inside(Math.floor(place)));
  const upper = Int32Array.from(at, (place) => inside(Math.ceil(place)));
  const shares = Float32Array.from(at, (place) => place - Math.floor(place));
  const share = tensor(shares, { shape: x.shape.map((_, place) => (place === axis ? to : 1)) });
  const below = taken(x, axis, lower);
  return below.add(taken(x, axis, upper).sub(below).mul(share));
}

function sizeAsked(call: Call): readonly [number, number] {
  const [height = 0, width = 0] = inputNumbers(call, 1);
  if (![height, width].every((extent) => Number.isInteger(extent) && extent >= 1 && extent <= maxExtent)) {
    throw wrongNode(call, `a size of ${height} x ${width}`);
  }
  return [height, width];
}

function bilinear(call: Call): TensorValue {
  const x = input(call, 0).device();
  if (x.rank !== 4) throw wrongNode(call, `an input of ${x.rank} axes`);
  const [height, width] = sizeAsked(call);
  return floats(mixed(call, mixed(call, x.cast("f32"), 1, height), 2, width));
}

function nearest(call: Call): TensorValue {
  const x = input(call, 0);
  const pictures = x.device();
  if (pictures.rank !== 4) throw wrongNode(call, `an input of ${pictures.rank} axes`);
  const corners = flag(call, "align_corners");
  const centres = flag(call, "half_pixel_centers");
  const resized = sizeAsked(call).reduce((result, to, place) => {
    const from = result.shape[place + 1] ?? 1;
    // Half-pixel centres are cut down from the place half a step on.
    const at = positions(call, from, to).map((position) => (centres ? position + 0.5 : position));
    const places = Int32Array.from(at, (position) => {
      const whole = corners ? Math.round(position) : Math.floor(position);
      return Math.min(Math.max(whole, 0), from - 1);
    });
    return taken(result, place + 1, places);
  }, pictures);
  return computed(x.type, resized);
}

export const pictureOperators: Operators = {
  ResizeBilinear: making(bilinear, [1]),
  ResizeNearestNeighbor: making(nearest, [1]),
};
