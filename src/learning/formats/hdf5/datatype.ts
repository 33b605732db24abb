// What the elements of a data set or an attribute are: numbers and texts. Other types of the format are refused by name.

import type { HostArray } from "#engine/base/dtype.ts";
import { damaged, refused, textOf, type Cursor } from "./bytes.ts";

/** The type of an element. */
export type ElementType =
  | { readonly kind: "float" | "bfloat" | "signed" | "unsigned"; readonly bytes: number; readonly isBigEndian: boolean }
  /** A text of as many bytes, ended by a zero or filled up. */
  | { readonly kind: "text"; readonly bytes: number }
  /** A text of any length, kept elsewhere. */
  | { readonly kind: "longText"; readonly bytes: number };

const classNames: readonly string[] = [
  "integer",
  "float",
  "time",
  "text",
  "bit field",
  "opaque",
  "compound",
  "reference",
  "enumeration",
  "variable length",
  "array",
];

const maxTextBytes = 2 ** 20;

/** The type that a datatype message describes. @throws format for types that hold no plain numbers or texts */
export function readElementType(cursor: Cursor): ElementType {
  const classAndVersion = cursor.u8();
  const bits = cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16);
  const bytes = cursor.u32();
  switch (classAndVersion & 15) {
    case 0:
      return plainNumber((bits & 8) === 0 ? "unsigned" : "signed", bytes, bits);
    case 1:
      return plainFloat(cursor, bytes, bits);
    case 3:
      if (bytes === 0 || bytes > maxTextBytes) throw damaged(`texts of ${bytes} bytes`);
      return { kind: "text", bytes };
    case 5:
      // Keras writes bfloat16 as two bytes that mean nothing to the format.
      if (bytes !== 2) throw refusedType("opaque");
      return { kind: "bfloat", bytes, isBigEndian: false };
    case 8:
      return readEnumeration(cursor, bytes);
    case 9:
      if ((bits & 15) !== 1 || bytes !== 16) throw refusedType("variable length");
      return { kind: "longText", bytes };
    default:
      throw refusedType(classNames[classAndVersion & 15] ?? "unknown");
  }
}

function refusedType(name: string): Error {
  return refused(`elements of type ${name} are not read`, "Save plain numbers and texts.");
}

function plainNumber(kind: "float" | "signed" | "unsigned", bytes: number, bits: number): ElementType {
  if (![1, 2, 4, 8].includes(bytes)) throw damaged(`numbers of ${bytes} bytes`);
  return { kind, bytes, isBigEndian: (bits & 1) === 1 };
}

/** Only the layouts of IEEE 754. */
function plainFloat(cursor: Cursor, bytes: number, bits: number): ElementType {
  if ((bits & 0x40) !== 0) throw refusedType("VAX float");
  const [offset, precision] = [cursor.u16(), cursor.u16()];
  const [, exponent, , mantissa] = [cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()];
  const expected = { 2: [5, 10], 4: [8, 23], 8: [11, 52] }[bytes];
  if (bytes === 2 && exponent === 8 && mantissa === 7) return { kind: "bfloat", bytes, isBigEndian: (bits & 1) === 1 };
  if (expected === undefined || offset !== 0 || precision !== 8 * bytes) throw refusedType(`float of ${bytes} bytes`);
  if (exponent !== expected[0] || mantissa !== expected[1]) throw refusedType("float of another layout than IEEE 754");
  return plainNumber("float", bytes, bits);
}

/** h5py writes truth values as an enumeration of bytes. */
function readEnumeration(cursor: Cursor, bytes: number): ElementType {
  if (bytes !== 1) throw refusedType("enumeration");
  const base = readElementType(cursor);
  if (base.bytes !== 1 || base.kind === "text" || base.kind === "longText") throw refusedType("enumeration");
  return { ...base, kind: "unsigned" };
}

/** The numbers of little- or big-endian bytes; wide integers must fit 53 bits, and floats of 16 bits come as their bits. */
export function numbersOf(type: ElementType, bytes: Uint8Array): HostArray {
  if (type.kind === "text" || type.kind === "longText") throw refusedType("text");
  const length = bytes.length / type.bytes;
  const native = type.isBigEndian ? swapped(bytes, type.bytes) : new Uint8Array(bytes);
  const { buffer } = native;
  if (type.kind === "float" || type.kind === "bfloat") {
    if (type.bytes === 2) return new Uint16Array(buffer, 0, length);
    return type.bytes === 4 ? new Float32Array(buffer, 0, length) : new Float64Array(buffer, 0, length);
  }
  if (type.bytes === 1 && type.kind === "unsigned") return native;
  if (type.bytes === 4 && type.kind === "signed") return new Int32Array(buffer, 0, length);
  const view = new DataView(buffer);
  return Int32Array.from({ length }, (_, index) => integerAt(view, index * type.bytes, type));
}

/** @throws format beyond the range of i32 */
function integerAt(view: DataView, at: number, { kind, bytes }: ElementType): number {
  const isSigned = kind === "signed";
  const value =
    bytes === 8
      ? Number(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true))
      : bytes === 4
        ? view.getUint32(at, true)
        : bytes === 2
          ? isSigned
            ? view.getInt16(at, true)
            : view.getUint16(at, true)
          : view.getInt8(at);
  if (value !== (value | 0)) {
    throw refused(`the integer ${value} does not fit 32 bits`, "Save integers between -2147483648 and 2147483647.");
  }
  return value;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes, (_, at) => bytes[at - (at % size) + (size - 1 - (at % size))] ?? 0);
}

/** The texts of fixed length in bytes, without what fills them up. */
export function fixedTexts(size: number, bytes: Uint8Array): string[] {
  return Array.from({ length: bytes.length / size }, (_, index) => {
    const own = bytes.subarray(index * size, (index + 1) * size);
    const end = own.indexOf(0);
    return textOf(end === -1 ? own : own.subarray(0, end));
  });
}
