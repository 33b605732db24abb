// The safetensors format: named tensors in one file, a JSON header and plain little-endian values. Reading trusts nothing:
// every bound is checked before anything is allocated (safetensors-header.ts).

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { byteSize } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { parseHeader, valuesStart } from "./safetensors-header.ts";
import { bytesOfValues, dtypeOf, type NumberRules, readValues } from "./stored-values.ts";

/** A tensor of a file; f16 and bf16 as their bits. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: HostArray;
}

export interface SafetensorsFile {
  /** In the order of the file's values. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const storedNames: Readonly<Record<DType, string>> = {
  f32: "F32",
  i32: "I32",
  u8: "U8",
  bool: "BOOL",
  f16: "F16",
  bf16: "BF16",
};

/**
 * The bytes of a file. Tensors lie in the order given, without gaps; equal tensors give equal bytes.
 * @param metadata texts by name
 * @throws format when a tensor's values do not fill its shape
 * @source safetensors, format description of its README
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: StoredTensor]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const list = [...tensors];
  // No name is an object's own part, so that a tensor may be called `__proto__`.
  const entries: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) entries["__metadata__"] = metadata;
  let end = 0;
  for (const [name, { dtype, shape, data }] of list) {
    const length = shape.reduce((product, extent) => product * extent, 1);
    if (data.length !== length || name === "__metadata__" || Object.hasOwn(entries, name)) {
      throw new SinterError(
        "format",
        `safetensors: tensor "${name}" has ${data.length} values for shape [${shape.join(", ")}], or its name is taken. ` +
          "Give each name once, and as many values as its shape has.",
        { name },
      );
    }
    const begin = end;
    end += length * byteSize(dtype);
    entries[name] = { dtype: storedNames[dtype], shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  // Padded with blanks, so that values begin at a multiple of 8 bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = memoryOf(8 + headerBytes + end).fill(0x20, 8 + json.length, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  let position = 8 + headerBytes;
  for (const [, { dtype, data }] of list) {
    const values = bytesOfValues(dtype, data);
    bytes.set(values, position);
    position += values.length;
  }
  return bytes;
}

/** @throws limit for a file larger than a piece of memory can be */
function memoryOf(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (error) {
    throw new SinterError(
      "limit",
      `safetensors: a file of ${(size / 2 ** 30).toFixed(2)} GiB is more than memory holds in one piece. Write several with some of the ` +
        "tensors each; save a model with { includeOptimizer: false }.",
      { size },
      error,
    );
  }
}

/**
 * The tensors of a file. Integers of other widths become i32 where they fit, 8-bit floats become f32; 64-bit floats are
 * refused unless `float64: "round"` is given.
 * @throws format for anything but a whole, well-formed file: header too long, no JSON or with a key twice, unknown dtype,
 * offsets that overlap, leave holes or pass the end
 */
export function decodeSafetensors(bytes: Uint8Array, rules: NumberRules = {}): SafetensorsFile {
  const start = valuesStart(bytes.subarray(0, 8), bytes.length);
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), bytes.length - start);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    const data = readValues(type, bytes.subarray(start + begin, start + end), name, rules);
    tensors.set(name, { dtype: dtypeOf(type), shape, data });
  }
  return { tensors, metadata };
}
