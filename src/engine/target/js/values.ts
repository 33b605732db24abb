// Values of nodes in host memory, and their way into and out of blocks of doubles.

import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import type { TensorType } from "#engine/graph/graph.ts";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "#engine/base/half.ts";
import type { Block } from "#engine/target/js/scalar.ts";

export type Precision = "f32" | "f64";

export interface Value {
  readonly type: TensorType;
  readonly data: HostArray;
}

/** A zeroed host array; f32 is held in doubles when computing in f64. */
export function allocateValues(dtype: DType, size: number, precision: Precision): HostArray {
  return dtype === "f32" && precision === "f64" ? new Float64Array(size) : hostArray(dtype, size);
}

/** The array in the form that the interpreter holds, converted where it has the other precision. */
export function adoptValues(data: HostArray, dtype: DType, precision: Precision): HostArray {
  if (dtype !== "f32") return data;
  if (precision === "f64") return data instanceof Float64Array ? data : Float64Array.from(data);
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Elements as numbers: f16 and bf16 decoded, everything else as it is. */
export function numbersOf(value: Value): HostArray {
  if (value.type.dtype === "f16") return Float32Array.from(value.data, decodeF16);
  if (value.type.dtype === "bf16") return Float32Array.from(value.data, decodeBf16);
  return value.data;
}

/** Elements as doubles. */
export function doublesOf(value: Value): Float64Array {
  const numbers = numbersOf(value);
  return numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);
}

/** Stores the first `count` of a block at `start`; narrow types round or take the low bits. */
export function store(block: Block, out: Value, start: number, count: number): void {
  const { data } = out;
  if (out.type.dtype === "f16") for (let i = 0; i < count; i += 1) data[start + i] = encodeF16(block[i] ?? 0);
  else if (out.type.dtype === "bf16") for (let i = 0; i < count; i += 1) data[start + i] = encodeBf16(block[i] ?? 0);
  else for (let i = 0; i < count; i += 1) data[start + i] = block[i] ?? 0;
}
