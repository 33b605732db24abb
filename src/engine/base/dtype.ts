// Element types: their names, sizes and typed arrays. Never converts values.

import { SinterError } from "#engine/base/error.ts";

/** Element types of tensors. Arithmetic happens in f32, i32 and bool; u8, f16 and bf16 are storage. */
export type DType = "f32" | "i32" | "u8" | "bool" | "f16" | "bf16";

/** Every element type, in documentation order. */
export const dtypes: readonly DType[] = ["f32", "i32", "u8", "bool", "f16", "bf16"];

/** What host memory holds for a tensor; `Float64Array` only from a device that computes in float64. */
export type HostArray = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;

const byteSizes: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u8: 1, bool: 1, f16: 2, bf16: 2 };

/** Bytes of one element. */
export function byteSize(dtype: DType): number {
  return byteSizes[dtype];
}

/** Whether values of the type are real numbers (f32, f16, bf16). */
export function isFloating(dtype: DType): boolean {
  return dtype === "f32" || dtype === "f16" || dtype === "bf16";
}

/** A zeroed host array for `size` elements; f16 and bf16 are held as their bits. */
export function hostArray(dtype: DType, size: number): HostArray {
  switch (dtype) {
    case "f32":
      return new Float32Array(size);
    case "i32":
      return new Int32Array(size);
    case "u8":
    case "bool":
      return new Uint8Array(size);
    case "f16":
    case "bf16":
      return new Uint16Array(size);
    default:
      throw new SinterError("dtype", `dtype ${String(dtype)} is not known. Use one of ${dtypes.join(", ")}.`, {
        dtype,
      });
  }
}
