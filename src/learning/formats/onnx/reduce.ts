// Reductions over axes: on the host where values are known, else on the device.

import { normalizeAxes, sizeOf, stridesOf, type Shape } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { ElementType } from "./graph.ts";
import { placesOf } from "./host-arrays.ts";
import { computed, isFolded, knownNumbers, numbersOf, type TensorValue } from "./value.ts";

/** A reduction of many numbers to one, on the host and on a device. */
export interface Reduction {
  readonly host: (numbers: Float64Array) => number;
  readonly device: (x: Tensor, axes: number[], options: { readonly keepDims: boolean }) => Tensor;
}

export interface ReduceOptions {
  /** All where left out. */
  readonly axes?: readonly number[] | undefined;
  readonly keepDims: boolean;
  /** Of the result; that of `x` where left out. */
  readonly type?: ElementType;
}

/** One number for each place of the other axes. */
export function reduce(x: TensorValue, { host, device }: Reduction, options: ReduceOptions): TensorValue {
  const { keepDims, type = x.type } = options;
  const axes = normalizeAxes(options.axes, x.shape.length, "onnx");
  const shape = x.shape.flatMap((extent, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [extent]));
  if (isFolded([x]) || sizeOf(x.shape) === 0) {
    return knownNumbers(type, shape, rowsAlong(x, axes).map(host));
  }
  return computed(type, device(deviceInput(x), axes, { keepDims }).reshape(shape));
}

function deviceInput(x: TensorValue): Tensor {
  const tensor = x.device();
  return tensor.cast(tensor.dtype === "f32" || tensor.dtype === "f16" || tensor.dtype === "bf16" ? "f32" : "i32");
}

/** For each place of the other axes, the numbers along `axes`. */
function rowsAlong(x: TensorValue, axes: readonly number[]): Float64Array[] {
  const numbers = sizeOf(x.shape) === 0 ? [] : numbersOf(x);
  const strides = stridesOf(x.shape);
  const part = (isReduced: boolean): { shape: Shape; strides: number[] } => {
    const chosen = x.shape.map((_, axis) => axis).filter((axis) => axes.includes(axis) === isReduced);
    return { shape: chosen.map((axis) => x.shape[axis] ?? 1), strides: chosen.map((axis) => strides[axis] ?? 0) };
  };
  const inner = placesOf(part(true));
  return Array.from(placesOf(part(false)), (start) => Float64Array.from(inner, (place) => numbers[start + place] ?? 0));
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, value) => total + value, 0);

/** The reductions that others are made of. */
export const reductions: Readonly<Record<"sum" | "mean" | "max" | "min" | "product", Reduction>> = {
  sum: { host: sum, device: (x, axes, options) => x.sum(axes, options) },
  mean: { host: (numbers) => sum(numbers) / numbers.length, device: (x, axes, options) => x.mean(axes, options) },
  max: {
    host: (numbers) => numbers.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    device: (x, axes, options) => x.max(axes, options),
  },
  min: {
    host: (numbers) => numbers.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    device: (x, axes, options) => x.min(axes, options),
  },
  product: {
    host: (numbers) => numbers.reduce((product, value) => product * value, 1),
    device: (x, axes, options) => x.prod(axes, options),
  },
};
