// Values as files keep them, and the typed arrays that tensors have: every number type of the formats, either byte order.
// What a tensor's dtypes hold exactly is kept; what they may not hold is checked or asked for, never cut silently.

import { byteSize, type DType, type HostArray, hostArray } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";

/** A type that files have and tensors may lack. */
export type StoredType = DType | "f64" | "i64" | "u64" | "u32" | "u16" | "i16" | "i8" | "f8e4m3" | "f8e5m2";

/** What becomes of numbers that no dtype of tensors holds exactly. */
export interface NumberRules {
  /**
   * 64-bit floats: `refuse` (default), or `round` to the nearest f32. Integers of 64 bits and u32 become i32 where all
   * are within its range and are refused otherwise; i8, i16, u16 become i32, 8-bit floats f32, both exactly.
   */
  readonly float64?: "refuse" | "round";
}

const wideBytes: Readonly<Record<Exclude<StoredType, DType>, number>> = {
  f64: 8,
  i64: 8,
  u64: 8,
  u32: 4,
  u16: 2,
  i16: 2,
  i8: 1,
  f8e4m3: 1,
  f8e5m2: 1,
};

/** Bytes of one value in a file. */
export function storedBytes(type: StoredType): number {
  return isDType(type) ? byteSize(type) : wideBytes[type];
}

/** The dtype that a tensor of such values gets. */
export function dtypeOf(type: StoredType): DType {
  if (isDType(type)) return type;
  return type === "f64" || type === "f8e4m3" || type === "f8e5m2" ? "f32" : "i32";
}

function isDType(type: StoredType): type is DType {
  return ["f32", "i32", "u8", "bool", "f16", "bf16"].includes(type);
}

/** How many values a shape has; undefined beyond what a number counts. */
export function countOf(shape: readonly number[]): number | undefined {
  // A zero makes everything empty, whatever the other extents are.
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Number.isSafeInteger(count) ? count : undefined;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Memory for values that are read straight into it: `bytes` is all of `data`. @throws limit where it cannot be had */
export function allocateValues(
  dtype: DType,
  count: number,
  name: string,
): { readonly data: HostArray; readonly bytes: Uint8Array } {
  try {
    const data = hostArray(dtype, count);
    return { data, bytes: new Uint8Array(data.buffer) };
  } catch (error) {
    const bytes = count * byteSize(dtype);
    throw new SinterError(
      "limit",
      `tensor "${name}" of ${bytes} bytes does not fit into memory. Read fewer tensors at once.`,
      { name, bytes },
      error,
    );
  }
}

/** The values of a dtype that lie at the begin of a tensor's memory. */
export function viewValues(dtype: DType, { buffer }: Uint8Array<ArrayBuffer>, count: number): HostArray {
  if (dtype === "f32") return new Float32Array(buffer, 0, count);
  if (dtype === "i32") return new Int32Array(buffer, 0, count);
  return dtype === "u8" || dtype === "bool" ? new Uint8Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
}

/** Whether values may be read straight into a tensor's memory, then be given to `settleValues`. */
export function isDirect(type: StoredType): type is DType {
  return isDType(type);
}

/** Makes values out of a file's bytes that lie in a tensor's memory: their order, and 1 for every true. */
export function settleValues(dtype: DType, bytes: Uint8Array, littleEndian: boolean = true): void {
  if (dtype === "bool") {
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = bytes[at] === 0 ? 0 : 1;
  } else if (littleEndian !== isLittleEndian) reverseEach(bytes, byteSize(dtype));
}

function reverseEach(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/**
 * The values of a file's bytes: one copy.
 * @param name of the tensor, for errors
 * @throws format for i64, u64 and u32 beyond the range of i32, and for f64 unless it may be rounded
 */
export function readValues(
  type: StoredType,
  bytes: Uint8Array,
  name: string,
  rules: NumberRules & { readonly littleEndian?: boolean } = {},
): HostArray {
  const { littleEndian = true, float64 = "refuse" } = rules;
  const count = bytes.length / storedBytes(type);
  if (isDType(type)) {
    const memory = allocateValues(type, count, name);
    memory.bytes.set(bytes);
    settleValues(type, memory.bytes, littleEndian);
    return memory.data;
  }
  if (type === "f64" && float64 === "refuse") {
    throw new SinterError(
      "format",
      `tensor "${name}" has 64-bit floats, which tensors do not have. Read it with { float64: "round" }, or store it as f32.`,
      { name },
    );
  }
  const { data } = allocateValues(dtypeOf(type), count, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const valueAt = readers[type];
  for (let index = 0; index < count; index += 1) data[index] = valueAt(view, index, littleEndian);
  if (type === "i64" || type === "u64" || type === "u32") checkRange(type, view, littleEndian, name);
  return data;
}

type Reader = (view: DataView, index: number, little: boolean) => number;

/** Of integers of 64 bits the lower half: `checkRange` sees that it is all. */
const lowerHalf: Reader = (view, index, little) => view.getInt32(index * 8 + (little ? 0 : 4), little);

const readers: Readonly<Record<Exclude<StoredType, DType>, Reader>> = {
  f64: (view, index, little) => view.getFloat64(index * 8, little),
  i64: lowerHalf,
  u64: lowerHalf,
  u32: (view, index, little) => view.getInt32(index * 4, little),
  u16: (view, index, little) => view.getUint16(index * 2, little),
  i16: (view, index, little) => view.getInt16(index * 2, little),
  i8: (view, index) => view.getInt8(index),
  f8e4m3: (view, index) => float8(view.getUint8(index), 4),
  f8e5m2: (view, index) => float8(view.getUint8(index), 5),
};

function checkRange(type: "i64" | "u64" | "u32", view: DataView, little: boolean, name: string): void {
  const size = storedBytes(type);
  for (let at = 0; at < view.byteLength; at += size) {
    const low = view.getInt32(at + (little || size === 4 ? 0 : 4), little);
    const high = size === 4 ? 0 : view.getInt32(at + (little ? 4 : 0), little);
    if (high === (type === "i64" ? low >> 31 : 0) && (type === "i64" || low >= 0)) continue;
    const value =
      size === 4 ? low >>> 0 : type === "i64" ? view.getBigInt64(at, little) : view.getBigUint64(at, little);
    throw new SinterError(
      "format",
      `tensor "${name}" holds ${value} at place ${at / size}; integers are kept as i32, up to 2,147,483,647. ` +
        "Store smaller numbers, or floats.",
      { name, place: at / size },
    );
  }
}

/** An 8-bit float of so many bits of exponent: E4M3 has no infinities, E5M2 is the upper half of an f16. */
function float8(bits: number, exponentBits: 4 | 5): number {
  const sign = bits & 0x80 ? -1 : 1;
  const fractionBits = 7 - exponentBits;
  const exponent = (bits & 0x7f) >> fractionBits;
  const fraction = bits & ((1 << fractionBits) - 1);
  const bias = (1 << (exponentBits - 1)) - 1;
  if (exponentBits === 4 && (bits & 0x7f) === 0x7f) return Number.NaN;
  if (exponentBits === 5 && exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / (1 << fractionBits)) * 2 ** (exponent - bias);
}

/** Little-endian bytes of a tensor's values: a view where the machine has that order, else a copy. */
export function bytesOfValues(dtype: DType, data: HostArray): Uint8Array {
  const values = data.constructor === hostArray(dtype, 0).constructor ? data : converted(dtype, data);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (isLittleEndian) return bytes;
  const copy = Uint8Array.from(bytes);
  reverseEach(copy, byteSize(dtype));
  return copy;
}

function converted(dtype: DType, data: HostArray): HostArray {
  const values = hostArray(dtype, data.length);
  values.set(data);
  return values;
}
