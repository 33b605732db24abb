// Reads golden files and computes their inputs; see README.md. Distances are relative to the scale of the expected values.

import { readFileSync } from "node:fs";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** A tensor of a golden file. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype: "f64" | "f32" | "i32" | "u8";
  readonly base64: string;
}

/** A golden file; each test gives it the form that it knows. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), "utf8"));
}

/** Number `index` of stream `seed`, in [-0.5, 0.5). */
function unit(seed: number, index: number): number {
  let h = (index + Math.imul(seed, 0x9e3779b9)) | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x21f0aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0x735a2d97);
  h ^= h >>> 15;
  return (h >>> 0) / 2 ** 32 - 0.5;
}

export function uniformValues(seed: number, size: number, limit = 1, middle = 0): Float64Array {
  return Float64Array.from({ length: size }, (_, index) => unit(seed, index) * (2 * limit) + middle);
}

/**
 * What stands for a gradient in a golden: its norm, and its product with numbers from the formula, of stream 50,000 + index.
 * @param placeOf where the original keeps the value, if it lies otherwise
 */
export function normAndProduct(
  values: ArrayLike<number>,
  index: number,
  placeOf: (at: number) => number = (at) => at,
): { readonly norm: number; readonly product: number } {
  const along = uniformValues(50_000 + index, values.length);
  let [squares, product] = [0, 0];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? NaN;
    squares += value ** 2;
    product += value * (along[placeOf(at)] ?? NaN);
  }
  return { norm: Math.sqrt(squares), product };
}

/** As a tensor for a device that computes in float64. */
export function uniformTensor(seed: number, shape: readonly number[], limit = 1, middle = 0): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(uniformValues(seed, size, limit, middle), { shape });
}

export function goldenValues({ dtype, base64 }: GoldenTensor): Float64Array {
  const { buffer } = Uint8Array.from(Buffer.from(base64, "base64"));
  if (dtype === "f64") return new Float64Array(buffer);
  if (dtype === "f32") return Float64Array.from(new Float32Array(buffer));
  return dtype === "i32" ? Float64Array.from(new Int32Array(buffer)) : Float64Array.from(new Uint8Array(buffer));
}

/** As a tensor for a device that computes in float64; integers stay integers. */
export function goldenTensor(stored: GoldenTensor): Tensor {
  const values = goldenValues(stored);
  const { shape } = stored;
  return stored.dtype === "i32" ? tensor(Int32Array.from(values), { shape }) : tensor(values, { shape });
}

/** The largest difference, divided by the root mean square of what is expected (at least 1e-30). */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, expected ${expected.length}`);
  let largest = 0;
  let squares = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs((actual[index] ?? Number.NaN) - (expected[index] ?? 0));
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
    squares += (expected[index] ?? 0) ** 2;
  }
  return largest / Math.max(Math.sqrt(squares / Math.max(1, expected.length)), 1e-30);
}

/** The elements that a golden file keeps of a large tensor. */
export function sampled(values: ArrayLike<number>, count: number): number[] {
  const size = values.length;
  if (size <= count) return Array.from(values);
  return Array.from({ length: count }, (_, k) => values[Math.floor(((k + 0.5) * size) / count)] ?? Number.NaN);
}

/** The numbers of a tensor. */
export async function read(values: Tensor): Promise<number[]> {
  return Array.from(await values.data());
}
