// Spectra and windows of signals, and sums over named axes.

import { normalizeAxis } from "#engine/base/shape.ts";
import { einsum } from "#engine/tensor/einsum.ts";
import { tensor } from "#engine/tensor/create.ts";
import { stack } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { elementTypeOf } from "../element-types.ts";
import {
  flag,
  input,
  inputNumbers,
  numberOf,
  optionalInput,
  optionalNumbers,
  tensorInputs,
  textOf,
  wrongNode,
  type Call,
  type Operators,
} from "../operator.ts";
import { onHost } from "../limits.ts";
import { computed, knownNumbers, type TensorValue } from "../value.ts";

/** Cosines and sines of all products of times and frequencies: [length, bins]. */
function waves(length: number, bins: number, period: number): { readonly cos: Tensor; readonly sin: Tensor } {
  onHost(length * bins, "a Fourier transform");
  const table = (of: (angle: number) => number): Tensor =>
    tensor(
      Float32Array.from({ length: length * bins }, (_, at) =>
        of((2 * Math.PI * ((Math.floor(at / bins) * (at % bins)) % period)) / period),
      ),
      { shape: [length, bins] },
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** The last axis cut, or filled with zeros, to a length. */
function fittedTo(rows: Tensor, length: number): Tensor {
  const own = rows.shape.at(-1) ?? 0;
  const none = rows.shape.map(() => 0);
  if (own >= length) return rows.slice(none, [...rows.shape.slice(0, -1), length]);
  return rows.pad(none, [...none.slice(0, -1), length - own]);
}

/** The discrete Fourier transform along an axis of [..., 1 or 2], the last axis real and imaginary. */
function fourier(call: Call): TensorValue {
  const x = input(call, 0);
  const rank = x.shape.length;
  const asked = call.opset >= 20 ? (optionalNumbers(call, 2)?.[0] ?? -2) : numberOf(call, "axis", 1);
  const axis = normalizeAxis(asked, rank, "DFT");
  if (axis === rank - 1) throw wrongNode(call, "the axis of the parts");
  const own = x.shape[axis] ?? 1;
  const length = optionalNumbers(call, 1)?.[0] ?? own;
  const isInverse = flag(call, "inverse");
  const bins = flag(call, "onesided") ? Math.floor(length / 2) + 1 : length;
  const order = [...x.shape.keys()].filter((at) => at !== axis && at !== rank - 1);
  const rows = x
    .device()
    .cast("f32")
    .transpose([rank - 1, ...order, axis]);
  const outer = order.map((at) => x.shape[at] ?? 1);
  const fitted = fittedTo(rows, length);
  const { cos, sin } = waves(length, bins, length);
  const part = (at: number): Tensor =>
    fitted.slice([at, ...rows.shape.slice(1).map(() => 0)], [1, ...outer, length]).reshape([-1, length]);
  const [real, imaginary] = [part(0), x.shape[rank - 1] === 2 ? part(1) : undefined];
  const sign = isInverse ? 1 : -1;
  const cosReal = real.matMul(cos);
  const sinReal = real.matMul(sin).mul(sign);
  const results =
    imaginary === undefined
      ? [cosReal, sinReal]
      : [cosReal.sub(imaginary.matMul(sin).mul(sign)), sinReal.add(imaginary.matMul(cos))];
  const scaled = results.map((one) => (isInverse ? one.mul(1 / length) : one).reshape([...outer, bins]));
  const joined = stack(scaled, -1); // [...outer, bins, 2]
  const places = [...order, axis, rank - 1];
  return computed(x.type, joined.transpose([...x.shape.keys()].map((at) => places.indexOf(at))));
}

/** Spectra of windows of a signal: [batch, frames, bins, 2]. */
function shortTime(call: Call): TensorValue {
  const x = input(call, 0);
  const [batch = 1, length = 0, parts = 1] = x.shape.length === 2 ? [...x.shape, 1] : x.shape;
  const [step = 1] = inputNumbers(call, 1);
  const window = optionalInput(call, 2);
  const size = optionalNumbers(call, 3)?.[0] ?? window?.shape[0] ?? length;
  const bins = flag(call, "onesided", 1) ? Math.floor(size / 2) + 1 : size;
  const frames = Math.floor((length - size) / step) + 1;
  const index = Int32Array.from(
    { length: onHost(frames * size, "STFT") },
    (_, at) => Math.floor(at / size) * step + (at % size),
  );
  const signal = x.device().cast("f32").reshape([batch, length, parts]).transpose([1, 0, 2]);
  const taken = signal.take(tensor(index, { shape: [frames, size] })).transpose([3, 2, 0, 1]); // [parts, batch, frames, size]
  const shaped = window === undefined ? taken : taken.mul(window.device().cast("f32"));
  const { cos, sin } = waves(size, bins, size);
  const rows = (at: number): Tensor => shaped.slice([at, 0, 0, 0], [1, batch, frames, size]).reshape([-1, size]);
  const real = rows(0);
  const results =
    parts === 2
      ? [real.matMul(cos).add(rows(1).matMul(sin)), rows(1).matMul(cos).sub(real.matMul(sin))]
      : [real.matMul(cos), real.matMul(sin).neg()];
  return computed(
    x.type,
    stack(
      results.map((one) => one.reshape([batch, frames, bins])),
      -1,
    ),
  );
}

/** A sum of cosines over a stretch. */
const window = (coefficients: readonly number[]): Operators[string] => ({
  known: [0],
  run: (call) => {
    const [size = 0] = inputNumbers(call, 0);
    const period = flag(call, "periodic", 1) ? size : size - 1;
    const values = Float64Array.from({ length: onHost(size, "a window") }, (_, at) =>
      coefficients.reduce(
        (sum, coefficient, order) =>
          sum + (order % 2 === 0 ? 1 : -1) * coefficient * Math.cos((2 * Math.PI * order * at) / period),
        0,
      ),
    );
    return [knownNumbers(elementTypeOf(numberOf(call, "output_datatype", 1)), [size], values)];
  },
});

/** Triangles over a spectrum, evenly spaced as the ear hears: [bins, bands]. */
function melWeights(call: Call): TensorValue {
  const [bands = 0, size = 0, rate = 0, low = 0, high = 0] = [0, 1, 2, 3, 4].map(
    (place) => inputNumbers(call, place)[0] ?? 0,
  );
  const bins = Math.floor(size / 2) + 1;
  const toMel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
  const span = (toMel(high) - toMel(low)) / (bands + 2);
  onHost(bins * bands, "MelWeightMatrix");
  const edges = Array.from({ length: onHost(bands, "MelWeightMatrix") + 2 }, (_, at) =>
    Math.floor(((size + 1) * (700 * (10 ** ((at * span + toMel(low)) / 2595) - 1))) / rate),
  );
  const values = new Float64Array(bins * bands);
  for (let band = 0; band < bands; band += 1) {
    const [lower = 0, centre = 0, upper = 0] = edges.slice(band, band + 3);
    if (centre === lower) values[centre * bands + band] = 1;
    else
      for (let bin = Math.max(lower, 0); bin <= Math.min(centre, bins - 1); bin += 1)
        values[bin * bands + band] = (bin - lower) / (centre - lower);
    if (upper > centre)
      for (let bin = Math.max(centre, 0); bin < Math.min(upper, bins); bin += 1)
        values[bin * bands + band] = (upper - bin) / (upper - centre);
  }
  return knownNumbers(elementTypeOf(numberOf(call, "output_datatype", 1)), [bins, bands], values);
}

function summation(call: Call): TensorValue {
  const operands = tensorInputs(call);
  const result = einsum(textOf(call, "equation", ""), ...operands.map((one) => one.device()));
  return computed(operands[0]?.type ?? "f32", result);
}

export const signalOperators: Operators = {
  DFT: { known: [1, 2], run: (call) => [fourier(call)] },
  STFT: { known: [1, 3], run: (call) => [shortTime(call)] },
  HannWindow: window([0.5, 0.5]),
  HammingWindow: window([25 / 46, 1 - 25 / 46]),
  BlackmanWindow: window([0.42, 0.5, 0.08]),
  MelWeightMatrix: { known: [0, 1, 2, 3, 4], run: (call) => [melWeights(call)] },
  Einsum: { run: (call) => [summation(call)] },
};
