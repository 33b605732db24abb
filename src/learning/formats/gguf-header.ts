// The header of a GGUF file: its metadata, and what it says of each tensor. Never reads values.

import { SinterError } from "#engine/base/error.ts";
import { type BlockFormat, blockFormats } from "./gguf-blocks.ts";
import { countOf, storedBytes, type StoredType } from "./stored-values.ts";

/** A value of the metadata. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** A tensor as the header has it; places count from the file's start. */
export interface GgufEntry {
  readonly name: string;
  readonly format:
    | { readonly kind: "plain"; readonly type: StoredType }
    | { readonly kind: "blocks"; readonly blocks: BlockFormat };
  /** The type in the file's own words. */
  readonly stored: string;
  /** Outermost axis first, as everywhere here; files have it the other way round. */
  readonly shape: readonly number[];
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly entries: readonly GgufEntry[];
}

const plainTypes: ReadonlyMap<number, readonly [string, StoredType]> = new Map([
  [0, ["F32", "f32"]],
  [1, ["F16", "f16"]],
  [24, ["I8", "i8"]],
  [25, ["I16", "i16"]],
  [26, ["I32", "i32"]],
  [27, ["I64", "i64"]],
  [28, ["F64", "f64"]],
  [30, ["BF16", "bf16"]],
]);
const maxTensors = 65_536;
const maxMetadata = 65_536;
const maxValues = 2 ** 24;
const maxDepth = 4;
const maxRank = 8;
const maxNameBytes = 65_535;
const maxAlignment = 2 ** 20;

/** Whether bytes begin as a GGUF file does. */
export function looksLikeGguf(bytes: Uint8Array): boolean {
  return [0x47, 0x47, 0x55, 0x46].every((byte, index) => bytes[index] === byte);
}

/**
 * The header at the start of a file; undefined when these bytes do not hold all of it.
 * @param bytes the file's first
 * @param size of the whole file
 * @throws format when it is damaged, of another version, or has types that are not known
 */
export function parseGgufHeader(bytes: Uint8Array, size: number): GgufHeader | undefined {
  const reader = new HeaderReader(bytes, size);
  try {
    return reader.header();
  } catch (error) {
    if (reader.isShort && bytes.length < size) return undefined;
    throw error;
  }
}

class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;
  #at = 0;
  #numValues = 0;
  /** Whether more bytes were asked for than there are. */
  isShort = false;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#size = size;
  }

  header(): GgufHeader {
    if (!looksLikeGguf(this.#bytes)) throw damaged("it does not begin as such a file");
    this.#skip(4);
    const version = this.#view.getUint32(this.#skip(4), true);
    if (version !== 2 && version !== 3) throw damaged(`it is of version ${version}, known are 2 and 3`);
    const [numTensors, numMetadata] = [this.#count(), this.#count()];
    if (numTensors > maxTensors || numMetadata > maxMetadata) {
      throw damaged(`${numTensors} tensors and ${numMetadata} values of metadata, at most ${maxTensors} each`);
    }
    const metadata = new Map<string, GgufValue>();
    for (let index = 0; index < numMetadata; index += 1) {
      const key = this.#name();
      if (metadata.has(key)) throw damaged(`metadata "${key.slice(0, 80)}" is there twice`);
      metadata.set(key, this.#value(this.#view.getUint32(this.#skip(4), true), 0));
    }
    const infos = Array.from({ length: numTensors }, () => this.#tensor());
    const alignment = metadata.get("general.alignment") ?? 32;
    if (typeof alignment !== "number" || alignment < 8 || alignment > maxAlignment || alignment % 8 !== 0) {
      throw damaged("its alignment is no multiple of 8");
    }
    const start = Math.ceil(this.#at / alignment) * alignment;
    return { version, metadata, entries: placed(infos, start, alignment, this.#size) };
  }

  #tensor(): Omit<GgufEntry, "begin" | "end"> & { readonly offset: number } {
    const name = this.#name();
    const rank = this.#view.getUint32(this.#skip(4), true);
    if (rank > maxRank) throw damaged(`tensor "${name}" has ${rank} axes`);
    const inner = Array.from({ length: rank }, () => this.#count());
    const number = this.#view.getUint32(this.#skip(4), true);
    const offset = this.#count();
    const count = countOf(inner);
    if (count === undefined) throw damaged(`tensor "${name}" of shape [${inner.join(", ")}] has too many values`);
    const shape = inner.toReversed();
    const plain = plainTypes.get(number);
    if (plain !== undefined) {
      return { name, format: { kind: "plain", type: plain[1] }, stored: plain[0], shape, count, offset };
    }
    const blocks = blockFormats.get(number);
    if (blocks === undefined) throw unknownType(name, number);
    if ((inner[0] ?? 0) % blocks.values !== 0) throw damaged(`tensor "${name}" has rows of no whole blocks`);
    return { name, format: { kind: "blocks", blocks }, stored: blocks.name, shape, count, offset };
  }

  #value(type: number, depth: number): GgufValue {
    this.#numValues += 1;
    if (this.#numValues > maxValues) throw damaged(`more than ${maxValues} values of metadata`);
    const read = scalars[type];
    if (read !== undefined) return read.read(this.#view, this.#skip(read.bytes));
    if (type === 8) return this.#string(2 ** 31);
    if (type !== 9 || depth >= maxDepth) throw damaged(`metadata of type ${type}`);
    const itemType = this.#view.getUint32(this.#skip(4), true);
    const length = this.#count();
    // Each takes a byte at least.
    if (length > this.#size - this.#at) throw damaged(`a list of ${length} values`);
    const values: GgufValue[] = [];
    for (let index = 0; index < length; index += 1) values.push(this.#value(itemType, depth + 1));
    return values;
  }

  #name(): string {
    return this.#string(maxNameBytes);
  }

  #string(maxBytes: number): string {
    const length = this.#count();
    if (length > maxBytes) throw damaged(`a text of ${length} bytes`);
    const begin = this.#skip(length);
    // Tokens of models may be parts of characters: what is no UTF-8 is marked, not refused.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.subarray(begin, begin + length));
  }

  #count(): number {
    const value = this.#view.getBigUint64(this.#skip(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(`a count of ${value}`);
    return Number(value);
  }

  #skip(count: number): number {
    const begin = this.#at;
    if (begin + count > this.#bytes.length) {
      this.isShort = begin + count <= this.#size;
      throw damaged("it is cut off");
    }
    this.#at += count;
    return begin;
  }
}

interface Scalar {
  readonly bytes: number;
  read(view: DataView, at: number): GgufValue;
}

const scalars: Readonly<Record<number, Scalar>> = {
  0: { bytes: 1, read: (view, at) => view.getUint8(at) },
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  3: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  4: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  6: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  7: { bytes: 1, read: (view, at) => view.getUint8(at) !== 0 },
  10: { bytes: 8, read: (view, at) => plain(view.getBigUint64(at, true)) },
  11: { bytes: 8, read: (view, at) => plain(view.getBigInt64(at, true)) },
  12: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
};

/** A number where it is exact. */
function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Where each tensor lies: aligned, inside the file, apart from the others. */
function placed(
  infos: readonly (Omit<GgufEntry, "begin" | "end"> & { readonly offset: number })[],
  start: number,
  alignment: number,
  size: number,
): readonly GgufEntry[] {
  const entries = infos.map(({ offset, ...info }): GgufEntry => {
    const { format, count, name } = info;
    const bytes =
      format.kind === "plain" ? count * storedBytes(format.type) : (count / format.blocks.values) * format.blocks.bytes;
    const begin = start + offset;
    if (offset % alignment !== 0) throw damaged(`tensor "${name}" is not aligned`);
    if (!(begin + bytes <= size)) throw damaged(`tensor "${name}" ends at byte ${begin + bytes} of ${size}`);
    return { ...info, begin, end: begin + bytes };
  });
  let position = start;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position) throw damaged(`tensor "${name}" overlaps another`);
    position = end;
  }
  if (new Set(entries.map(({ name }) => name)).size !== entries.length) throw damaged("two tensors have one name");
  return entries;
}

function unknownType(name: string, number: number): SinterError {
  const known = [...plainTypes.values()]
    .map(([word]) => word)
    .concat(Array.from(blockFormats.values(), (format) => format.name));
  return new SinterError(
    "format",
    `gguf: tensor "${name}" is of type ${number}; known are ${known.join(", ")}. Convert the model to one of them.`,
    { name, type: number },
  );
}

function damaged(what: string): SinterError {
  return new SinterError("format", `gguf: ${what}. The file is damaged or is something else; fetch it again.`);
}
