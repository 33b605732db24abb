// The header of a .npy file: a Python dictionary of three plain values, read by its own small grammar and never evaluated.

import { SinterError } from "#engine/base/error.ts";
import type { StoredType } from "./stored-values.ts";

/** What the values of an array are. */
export type NpyItem =
  | { readonly kind: "number"; readonly type: StoredType; readonly littleEndian: boolean }
  /** Texts of a fixed length: `characters` of 4 bytes, or of 1. */
  | { readonly kind: "text"; readonly characters: number; readonly wide: boolean; readonly littleEndian: boolean };

export interface NpyHeader {
  readonly item: NpyItem;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Where the values begin. */
  readonly start: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Bytes before the text of a header, at most. */
const prefixBytes = 12;
const maxHeaderBytes = 65_536;
const maxRank = 64;
const maxCharacters = 2 ** 20;

/** How much of a file's start holds the header, at most. */
export const npyHeaderBytes: number = prefixBytes + maxHeaderBytes;

/** Whether bytes begin as a .npy file does. */
export function looksLikeNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/**
 * The header at the start of a file.
 * @param bytes the file's first `npyHeaderBytes`, or all of it
 * @throws format for another kind of file, a damaged header, arrays of objects, records, dates or complex numbers
 */
export function parseNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  const [major, minor] = [bytes[6], bytes[7]];
  if (!looksLikeNpy(bytes) || major === undefined) throw wrong(name, "is no .npy file");
  if (major < 1 || major > 3 || minor !== 0) throw wrong(name, `is of version ${major}.${minor}, known are 1.0 to 3.0`);
  const prefix = major === 1 ? 10 : prefixBytes;
  if (bytes.length < prefix) throw wrong(name, "is cut off in its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maxHeaderBytes) throw wrong(name, `has a header of ${length} bytes, at most ${maxHeaderBytes}`);
  const start = prefix + length;
  if (bytes.length < start) throw wrong(name, "is cut off in its header");
  const fields = new PythonText(decode(bytes.subarray(prefix, start), major), name).dictionary();
  const [descr, fortranOrder, shape] = ["descr", "fortran_order", "shape"].map((key) => fields.get(key));
  if (fields.size !== 3 || typeof fortranOrder !== "boolean" || !Array.isArray(shape)) {
    throw wrong(name, "has a header without descr, fortran_order and shape");
  }
  if (shape.length > maxRank) throw wrong(name, `has ${shape.length} axes, at most ${maxRank}`);
  return { item: itemOf(descr, name), shape, fortranOrder, start };
}

function decode(bytes: Uint8Array, major: number): string {
  // Latin-1 for versions 1 and 2; nothing but names of records, which are refused, needs more than ASCII.
  return new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes);
}

const numberTypes: ReadonlyMap<string, StoredType> = new Map(
  Object.entries({
    b1: "bool",
    i1: "i8",
    i2: "i16",
    i4: "i32",
    i8: "i64",
    u1: "u8",
    u2: "u16",
    u4: "u32",
    u8: "u64",
    f2: "f16",
    f4: "f32",
    f8: "f64",
  } as const),
);

/** Why arrays of a kind are not read, by the letter of their kind. */
const refusals: ReadonlyMap<string, string> = new Map([
  ["O", "Python objects, which only executing the file could make. Save numbers: array.astype(float)"],
  ["c", "complex numbers, which tensors do not have. Save their real and imaginary parts"],
  ["V", "raw bytes or records. Save each field, or a plain number type"],
  ["M", "dates. Save them as numbers: array.astype('int64')"],
  ["m", "time spans. Save them as numbers: array.astype('int64')"],
  ["f", "floats of another size than 2, 4 and 8 bytes. Save float32"],
]);

function itemOf(descr: unknown, name: string): NpyItem {
  if (typeof descr !== "string") throw wrong(name, "holds records. Save each field as an array of its own");
  const [, order = "", kind = "", size = ""] = /^([<>|=]?)([a-zA-Z?])(\d{0,9})(?:\[[^\]]{1,20}\])?$/.exec(descr) ?? [];
  const littleEndian = order !== ">";
  const type = numberTypes.get(kind === "?" ? "b1" : kind + size);
  if (type !== undefined) return { kind: "number", type, littleEndian };
  if ((kind === "U" || kind === "S") && size !== "") {
    const characters = Number(size);
    if (characters > maxCharacters)
      throw wrong(name, `holds texts of ${characters} characters, at most ${maxCharacters}`);
    return { kind: "text", characters, wide: kind === "U", littleEndian };
  }
  const refusal = refusals.get(kind);
  throw wrong(name, refusal === undefined ? `holds ${JSON.stringify(descr.slice(0, 40))}` : `holds ${refusal}`);
}

/** A text of Python that is one dictionary of texts, truths and tuples of whole numbers. */
class PythonText {
  readonly #text: string;
  readonly #name: string;
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  dictionary(): ReadonlyMap<string, unknown> {
    const fields = new Map<string, unknown>();
    this.#expect(/\{/y);
    while (this.#take(/\}/y) === undefined) {
      const key = this.#string();
      if (fields.has(key)) throw wrong(this.#name, `has ${JSON.stringify(key.slice(0, 40))} twice in its header`);
      this.#expect(/:/y);
      fields.set(key, this.#value());
      if (this.#take(/,/y) === undefined) {
        this.#expect(/\}/y);
        break;
      }
    }
    this.#expect(/$/y);
    return fields;
  }

  #value(): unknown {
    const truth = this.#take(/True|False/y);
    if (truth !== undefined) return truth === "True";
    if (this.#take(/\(/y) !== undefined) return this.#extents();
    if (this.#take(/\[/y) !== undefined)
      throw wrong(this.#name, "holds records. Save each field as an array of its own");
    return this.#string();
  }

  /** After its bracket: Python 2 writes whole numbers with an L. */
  #extents(): readonly number[] {
    const extents: number[] = [];
    while (this.#take(/\)/y) === undefined) {
      const extent = Number(this.#expect(/\d{1,16}/y));
      this.#take(/L/y);
      if (!Number.isSafeInteger(extent)) throw wrong(this.#name, `has an axis of ${extent} values`);
      extents.push(extent);
      if (this.#take(/,/y) === undefined) {
        this.#expect(/\)/y);
        break;
      }
    }
    return extents;
  }

  #string(): string {
    return this.#expect(/'[^'\\]{0,200}'|"[^"\\]{0,200}"/y).slice(1, -1);
  }

  #expect(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === undefined) throw wrong(this.#name, `has a header that is no plain dictionary at place ${this.#at}`);
    return found;
  }

  /** What the pattern finds here, after blanks. */
  #take(pattern: RegExp): string | undefined {
    const blanks = /[ \t\r\n]*/y;
    blanks.lastIndex = this.#at;
    blanks.exec(this.#text);
    pattern.lastIndex = blanks.lastIndex;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}

function wrong(name: string, what: string): SinterError {
  return new SinterError("format", `npy: "${name}" ${what}.`, { name });
}
