// The safetensors format: named tensors in one file, a JSON header and plain little-endian values. Reading trusts nothing:
// every bound is checked before anything is allocated.

import type { DType, HostArray } from "#engine/base/dtype.ts";
import { byteSize, hostArray } from "#engine/base/dtype.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";

/** A tensor of a file; f16 and bf16 as their bits. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: HostArray;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of a header that are read at most, as the reference implementation. */
const maxHeaderBytes = 100_000_000;
const maxRank = 32;
const storedNames: Readonly<Record<DType, string>> = {
  f32: "F32",
  i32: "I32",
  u8: "U8",
  bool: "BOOL",
  f16: "F16",
  bf16: "BF16",
};
const dtypesByName: ReadonlyMap<unknown, DType> = new Map(
  (["f32", "i32", "u8", "bool", "f16", "bf16"] as const).map((dtype) => [storedNames[dtype], dtype]),
);

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
  const entries: Record<string, unknown> = {};
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
  const bytes = new Uint8Array(8 + headerBytes + end).fill(0x20, 8 + json.length, 8 + headerBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  let position = 8 + headerBytes;
  for (const [, tensor] of list) {
    const values = toBytes(tensor);
    bytes.set(values, position);
    position += values.length;
  }
  return bytes;
}

/**
 * The tensors of a file.
 * @throws format for anything but a whole, well-formed file: header too long or no JSON, unknown dtype, offsets that
 * overlap, leave holes or pass the end
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const { header, start } = readHeader(bytes);
  const available = bytes.length - start;
  const spans: { name: string; begin: number; end: number }[] = [];
  const tensors = new Map<string, StoredTensor>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      metadata = readMetadata(entry);
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry);
    if (end > available) throw damaged(`tensor "${name}" ends at byte ${end} of ${available}`);
    spans.push({ name, begin, end });
    tensors.set(name, { dtype, shape, data: fromBytes(dtype, bytes, start + begin, start + end) });
  }
  checkSpans(spans, available);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { readonly header: object; readonly start: number } {
  if (bytes.length < 8) throw damaged(`${bytes.length} bytes are no header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes) || Number(length) > bytes.length - 8) {
    throw damaged(`a header of ${length} bytes in a file of ${bytes.length}`);
  }
  const start = 8 + Number(length);
  const text = decodeText(bytes.subarray(8, start));
  if (!text.startsWith("{")) throw damaged("the header is no JSON object");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw damaged(`the header is no JSON (${messageOf(error)})`);
  }
  if (!isRecord(header)) throw damaged("the header is no JSON object");
  return { header, start };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw damaged("the header is no UTF-8");
  }
}

interface Entry {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) throw damaged(`tensor "${name}" has no description`);
  const dtype = dtypesByName.get(entry["dtype"]);
  if (dtype === undefined) {
    const known = [...dtypesByName.keys()].join(", ");
    throw new SinterError(
      "format",
      `safetensors: tensor "${name}" has dtype ${JSON.stringify(entry["dtype"])}, expected ${known}. Convert it first.`,
      { name, dtype: entry["dtype"] },
    );
  }
  const { shape, data_offsets: offsets } = entry;
  if (!isCounts(shape) || shape.length > maxRank) throw damaged(`tensor "${name}" has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw damaged(`tensor "${name}" has no offsets`);
  const [begin = 0, end = 0] = offsets;
  const length = shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(length) || end - begin !== length * byteSize(dtype)) {
    throw damaged(`tensor "${name}" of shape [${shape.join(", ")}] has ${end - begin} bytes`);
  }
  return { dtype, shape, begin, end };
}

/** Every byte belongs to exactly one tensor. */
function checkSpans(spans: readonly { name: string; begin: number; end: number }[], available: number): void {
  let position = 0;
  for (const { name, begin, end } of spans.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) throw damaged(`tensor "${name}" begins at byte ${begin}, not at ${position}`);
    position = end;
  }
  if (position !== available) throw damaged(`${available - position} bytes belong to no tensor`);
}

function readMetadata(entry: unknown): Readonly<Record<string, string>> {
  if (!isRecord(entry)) throw damaged("the metadata is no object");
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(entry)) {
    if (typeof text !== "string") throw damaged(`metadata "${name}" is no text`);
    texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}

/** Values as little-endian bytes, whatever the machine's own order is. */
function toBytes({ dtype, data }: StoredTensor): Uint8Array {
  const size = byteSize(dtype);
  if (size === 1) return Uint8Array.from(data);
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? 0;
    if (dtype === "f32") view.setFloat32(index * size, value, true);
    else if (dtype === "i32") view.setInt32(index * size, value, true);
    else view.setUint16(index * size, value, true);
  }
  return bytes;
}

function fromBytes(dtype: DType, bytes: Uint8Array, start: number, end: number): HostArray {
  const size = byteSize(dtype);
  const data = hostArray(dtype, (end - start) / size);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  for (let index = 0; index < data.length; index += 1) {
    const at = index * size;
    if (dtype === "f32") data[index] = view.getFloat32(at, true);
    else if (dtype === "i32") data[index] = view.getInt32(at, true);
    else data[index] = size === 2 ? view.getUint16(at, true) : view.getUint8(at);
  }
  return data;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function damaged(what: string): SinterError {
  return new SinterError(
    "format",
    `safetensors: ${what}. The file is damaged or is something else; fetch or save it again.`,
  );
}
