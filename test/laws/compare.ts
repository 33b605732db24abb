// How tests compare results: max|a - b| / rms(oracle), with equal patterns of NaN and infinity.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { denormal } from "../tolerances.ts";

/** The numbers that an array of a dtype holds; denormals as 0. */
export function numbersOf(data: HostArray, dtype: DType): Float64Array {
  const decode = dtype === "f16" ? decodeF16 : dtype === "bf16" ? decodeBf16 : (value: number) => value;
  return Float64Array.from(data, (value) => {
    const number = decode(value);
    return Math.abs(number) < denormal ? 0 : number;
  });
}

/** max|a - b| / rms(b); Infinity where lengths, NaN or infinities differ, and for integers that differ. */
export function errorOf(actual: HostArray, oracle: HostArray, dtype: DType): number {
  if (actual.length !== oracle.length) return Infinity;
  const a = numbersOf(actual, dtype);
  const b = numbersOf(oracle, dtype);
  let largest = 0;
  let squares = 0;
  let numFinite = 0;
  for (const [index, expected] of b.entries()) {
    const value = a[index] ?? NaN;
    if (!Number.isFinite(expected) || !Number.isFinite(value)) {
      if (!Object.is(expected, value)) return Infinity;
      continue;
    }
    largest = Math.max(largest, Math.abs(value - expected));
    squares += expected * expected;
    numFinite += 1;
  }
  if (largest === 0) return 0;
  if (dtype === "i32" || dtype === "u8" || dtype === "bool") return Infinity;
  return largest / Math.sqrt(squares / Math.max(numFinite, 1));
}
