// The weights of an ONNX file as tensors, by the names of its initializers.

import { byteSize, type DType, type HostArray, hostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { ElementType, GraphTensor, HostValues } from "./onnx/graph.ts";
import { readOnnxFile } from "./onnx/read-file.ts";
import type { StoredTensor } from "./safetensors.ts";
import type { NumberRules } from "./stored-values.ts";

/** Numbers by name, and short lists of integers that tensors do not have as texts. */
export interface OnnxTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

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

/** A constant of more integers than this is data, not positions. */
const maxPositions = 64;

/**
 * Initializers that hold numbers. A few integers of 64 bits beyond i32, such as the end that exporters write for "to the end of
 * the axis", come as a text: nearest values above 2^53.
 * @throws format for a damaged file, and numbers that tensors do not have; file where weights beside it are missing
 */
export async function readOnnxTensors(path: string, rules: NumberRules): Promise<OnnxTensors> {
  const tensors = new Map<string, StoredTensor>();
  const metadata: Record<string, string> = {};
  for (const [name, tensor] of (await readOnnxFile(path, false)).graph.initializers) {
    if (tensor.type === "string") continue;
    const positions = positionsOf(tensor);
    if (positions === undefined) tensors.set(name, storedOf(name, tensor, tensor.type, rules));
    else metadata[name] = positions;
  }
  return { tensors, metadata };
}

/** The text of a few integers of which some are beyond i32. */
function positionsOf({ type, shape, read }: GraphTensor): string | undefined {
  if (type !== "i64" || sizeOf(shape) > maxPositions) return undefined;
  const values = Array.from(read(), Number);
  if (values.every((value) => (value | 0) === value)) return undefined;
  return values.map((value) => (value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value))).join(", ");
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
