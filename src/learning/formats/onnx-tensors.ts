// The weights of an ONNX file as tensors, by the names of its initializers.

import { byteSize, type DType, type HostArray, hostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { decodeOnnx } from "./onnx/decode.ts";
import type { ElementType, GraphTensor, HostValues } from "./onnx/graph.ts";
import type { StoredTensor } from "./safetensors.ts";
import type { NumberRules } from "./stored-values.ts";

const dtypes: Readonly<Record<Exclude<ElementType, "string">, DType>> = {
  f32: "f32",
  // Decoded as the numbers they stand for.
  f16: "f32",
  bf16: "f32",
  f64: "f32",
  i8: "i32",
  i16: "i32",
  i32: "i32",
  i64: "i32",
  u8: "u8",
  u16: "i32",
  u32: "i32",
  u64: "i32",
  bool: "bool",
};

/** Initializers that hold numbers. @throws format for a damaged file, and numbers that tensors do not have */
export function onnxTensors(bytes: Uint8Array, rules: NumberRules): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of decodeOnnx(bytes).graph.initializers) {
    if (tensor.type !== "string") tensors.set(name, storedOf(name, tensor, tensor.type, rules));
  }
  return tensors;
}

function storedOf(
  name: string,
  { shape, read }: GraphTensor,
  type: Exclude<ElementType, "string">,
  { float64 = "refuse" }: NumberRules,
): StoredTensor {
  if (type === "f64" && float64 === "refuse") {
    throw new SinterError("format", `tensor "${name}" has 64-bit floats. Read it with { float64: "round" }.`, { name });
  }
  const dtype = dtypes[type];
  return { dtype, shape, data: arrayOf(name, dtype, read()) };
}

function arrayOf(name: string, dtype: DType, values: HostValues): HostArray {
  if (dtype === "f32" && values instanceof Float32Array) return values;
  if (dtype === "i32" && values instanceof Int32Array) return values;
  if (values instanceof Uint8Array && byteSize(dtype) === 1) return values;
  const data = hostArray(dtype, values.length);
  for (let place = 0; place < data.length; place += 1) {
    const value = Number(values[place]);
    if (dtype === "i32" && (value | 0) !== value) throw beyond(name, value);
    data[place] = value;
  }
  return data;
}

function beyond(name: string, value: number): SinterError {
  return new SinterError(
    "format",
    `tensor "${name}" holds ${value}; integers are kept as i32, up to 2,147,483,647. Store smaller numbers, or floats.`,
    { name },
  );
}
