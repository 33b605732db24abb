// The header of a safetensors file: what it says of each tensor, and the rules that it must keep. Never reads values.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { doubleKey } from "./json-keys.ts";
import { countOf, storedBytes, type StoredType } from "./stored-values.ts";

/** A tensor as the header has it; places count from the first value's byte. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly type: StoredType;
  /** The dtype in the file's own words. */
  readonly stored: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the file's values. */
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes of a header that are read at most, as the reference implementation. */
const maxHeaderBytes = 100_000_000;
const maxRank = 32;
const types: ReadonlyMap<unknown, StoredType> = new Map(
  Object.entries({
    F32: "f32",
    I32: "i32",
    U8: "u8",
    BOOL: "bool",
    F16: "f16",
    BF16: "bf16",
    F64: "f64",
    I64: "i64",
    U64: "u64",
    U32: "u32",
    U16: "u16",
    I16: "i16",
    I8: "i8",
    F8_E4M3: "f8e4m3",
    F8_E5M2: "f8e5m2",
  } as const),
);

/**
 * Where the values begin, from the first 8 bytes.
 * @param size of the whole file
 * @throws format when no header can be as long
 */
export function valuesStart(first: Uint8Array, size: number): number {
  if (first.length < 8) throw damaged(`${first.length} bytes are no header`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes) || Number(length) > size - 8) {
    throw damaged(`a header of ${length} bytes in a file of ${size}`);
  }
  return 8 + Number(length);
}

/**
 * What the header says.
 * @param json its bytes, without the 8 of its length
 * @param available bytes of values in the file
 * @throws format when it is no JSON object, has a key twice, an unknown dtype, a shape that its bytes do not fill, or
 * offsets that overlap, leave holes or pass the end
 */
export function parseHeader(json: Uint8Array, available: number): SafetensorsHeader {
  const header = parseJson(json);
  const entries: SafetensorsEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = readMetadata(entry);
    else entries.push(readEntry(name, entry));
  }
  const ordered = entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  checkSpans(ordered, available);
  return { entries: ordered, metadata };
}

function parseJson(json: Uint8Array): object {
  const text = decodeText(json);
  if (!text.startsWith("{")) throw damaged("the header is no JSON object");
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw damaged(`the header is no JSON (${messageOf(error)})`);
  }
  if (!isRecord(header)) throw damaged("the header is no JSON object");
  const double = doubleKey(text);
  if (double !== undefined) throw damaged(`the header has ${JSON.stringify(double.slice(0, 80))} twice`);
  return header;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged("the header is no UTF-8");
  }
}

function readEntry(name: string, entry: unknown): SafetensorsEntry {
  if (!isRecord(entry)) throw damaged(`tensor "${name}" has no description`);
  const stored = entry["dtype"];
  const type = types.get(stored);
  if (type === undefined) {
    const known = [...types.keys()].join(", ");
    throw new SinterError(
      "format",
      `safetensors: tensor "${name}" has dtype ${JSON.stringify(stored)}, expected ${known}. Convert it first.`,
      { name, dtype: stored },
    );
  }
  const { shape, data_offsets: offsets } = entry;
  if (!isCounts(shape) || shape.length > maxRank) throw damaged(`tensor "${name}" has no shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw damaged(`tensor "${name}" has no offsets`);
  const [begin = 0, end = 0] = offsets;
  const count = countOf(shape);
  if (count === undefined || end - begin !== count * storedBytes(type)) {
    throw damaged(`tensor "${name}" of shape [${shape.join(", ")}] has ${end - begin} bytes`);
  }
  return { name, type, stored: String(stored), shape, begin, end };
}

/** Every byte belongs to exactly one tensor. */
function checkSpans(ordered: readonly SafetensorsEntry[], available: number): void {
  let position = 0;
  for (const { name, begin, end } of ordered) {
    if (begin !== position) throw damaged(`tensor "${name}" begins at byte ${begin}, not at ${position}`);
    position = end;
  }
  if (position > available) throw damaged(`tensor "${ordered.at(-1)?.name}" ends at byte ${position} of ${available}`);
  if (position < available) throw damaged(`${available - position} bytes belong to no tensor`);
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

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function damaged(what: string): SinterError {
  return new SinterError(
    "format",
    `safetensors: ${what}. The file is damaged or is something else; fetch or save it again.`,
  );
}
