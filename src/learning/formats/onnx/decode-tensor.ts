// TensorProto: what a constant of an ONNX file holds. Values are checked against the shape before anything is allocated and
// decoded when they are asked for; aligned ones are views of the file.

import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { SinterError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { elementTypeOf, hostValues, typeFacts } from "./element-types.ts";
import type { ElementType, ExternalPlace, GraphTensor, HostValues } from "./graph.ts";
import { damaged, WireReader, type Field } from "./wire.ts";

/** Gives the bytes of a constant that lies in another file; nothing while it is only asked which places there are. */
export type ExternalBytes = (place: ExternalPlace) => Uint8Array | undefined;

/** A constant and its name. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: GraphTensor;
}

const maxRank = 32;
const maxElements = 2 ** 31;

/** What the fields of a TensorProto say, before it is known what they mean. */
interface Parts {
  name: string;
  typeNumber: number;
  readonly shape: number[];
  raw: Uint8Array | undefined;
  /** The reader of the field `raw` stood in, for files that are read by parts. */
  readonly typed: { readonly field: Field; readonly bytes: Uint8Array }[];
  readonly external: Map<string, string>;
  isExternal: boolean;
}

/** A TensorProto. @throws format where shape, type and bytes do not agree */
export function decodeTensor(reader: WireReader, external: ExternalBytes): NamedTensor {
  const parts = readParts(reader);
  const { shape, name } = parts;
  if (shape.length > maxRank || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw damaged(`tensor "${name}" has the shape [${shape.slice(0, maxRank).join(", ")}]`);
  }
  const size = sizeOf(shape);
  if (size >= maxElements) throw damaged(`tensor "${name}" has ${size} elements`);
  const type = elementTypeOf(parts.typeNumber);
  const place = parts.isExternal ? placeOf(name, parts.external) : undefined;
  const bytes = place === undefined ? parts.raw : external(place);
  if (place !== undefined && bytes === undefined) return { name, tensor: { type, shape, place, read: unread(name) } };
  if (bytes !== undefined && type !== "string") {
    return { name, tensor: { type, shape, read: rawReader(name, type, size, bytes) } };
  }
  const values = typedValues(name, type, size, parts);
  return { name, tensor: { type, shape, read: () => values } };
}

function unread(name: string): () => never {
  return () => {
    throw new SinterError("state", `onnx: the numbers of "${name}" are not on the host. Read the file with readOnnx.`, {
      name,
    });
  };
}

function readParts(reader: WireReader): Parts {
  const parts: Parts = {
    name: "",
    typeNumber: 0,
    shape: [],
    raw: undefined,
    typed: [],
    external: new Map(),
    isExternal: false,
  };
  for (let field = reader.next(); field !== undefined; field = reader.next()) readPart(reader, field, parts);
  return parts;
}

function readPart(reader: WireReader, field: Field, parts: Parts): void {
  switch (field.number) {
    case 1:
      reader.integers(field, parts.shape);
      if (parts.shape.length > maxRank) throw damaged("a tensor has more than 32 axes");
      return;
    case 2:
      parts.typeNumber = reader.integer(field);
      return;
    case 8:
      parts.name = reader.text(field);
      return;
    case 9:
      parts.raw = reader.bytes(field);
      return;
    case 13: {
      const [key, value] = decodePair(reader.message(field));
      parts.external.set(key, value);
      return;
    }
    case 14:
      parts.isExternal = reader.integer(field) === 1;
      return;
    case 4:
    case 5:
    case 6:
    case 7:
    case 10:
    case 11:
      readTyped(reader, field, parts);
      return;
    default:
      reader.skip(field);
  }
}

/** Keeps the bytes of a field of values: they are decoded once type and size are known. */
function readTyped(reader: WireReader, field: Field, { typed }: Parts): void {
  if (field.wire === 2) {
    typed.push({ field, bytes: reader.bytes(field) });
    return;
  }
  // Values that are not packed, one field each: they are written down as if they were.
  const values: number[] = [];
  if (field.number === 4) reader.floats(field, values);
  else if (field.number === 10) reader.doubles(field, values);
  else values.push(reader.integer(field));
  typed.push({ field, bytes: new Uint8Array(Float64Array.from(values).buffer) });
}

/** A key and a value. */
export function decodePair(reader: WireReader): readonly [key: string, value: string] {
  let [key, value] = ["", ""];
  for (let field = reader.next(); field !== undefined; field = reader.next()) {
    if (field.number === 1) key = reader.text(field);
    else if (field.number === 2) value = reader.text(field);
    else reader.skip(field);
  }
  return [key, value];
}

/** Where a constant lies. @throws format */
export function placeOf(name: string, external: ReadonlyMap<string, string>): ExternalPlace {
  const location = external.get("location");
  if (location === undefined) throw damaged(`tensor "${name}" lies elsewhere, but no file is named`);
  const number = (key: string): number | undefined => {
    const text = external.get(key);
    if (text === undefined || text === "") return undefined;
    if (!/^\d{1,15}$/.test(text)) throw damaged(`tensor "${name}" has the ${key} "${text.slice(0, 40)}"`);
    return Number(text);
  };
  return { location, offset: number("offset") ?? 0, length: number("length") };
}

/** Values that lie in little-endian order. */
function rawReader(name: string, type: ElementType, size: number, bytes: Uint8Array): () => HostValues {
  const { bytes: width } = typeFacts(type);
  if (bytes.length !== size * width) {
    throw damaged(`tensor "${name}" has ${bytes.length} bytes for ${size} elements of ${type}`);
  }
  return () => rawValues(type, bytes);
}

function rawValues(type: ElementType, bytes: Uint8Array): HostValues {
  switch (type) {
    case "f32":
      return new Float32Array(...aligned(bytes, 4));
    case "f16":
      return Float32Array.from(new Uint16Array(...aligned(bytes, 2)), decodeF16);
    case "bf16":
      return Float32Array.from(new Uint16Array(...aligned(bytes, 2)), decodeBf16);
    case "f64":
      return new Float64Array(...aligned(bytes, 8));
    case "i64":
      return Float64Array.from(new BigInt64Array(...aligned(bytes, 8)), Number);
    case "u64":
      return Float64Array.from(new BigUint64Array(...aligned(bytes, 8)), Number);
    case "i32":
      return new Int32Array(...aligned(bytes, 4));
    case "u32":
      return new Uint32Array(...aligned(bytes, 4));
    case "i16":
      return new Int16Array(...aligned(bytes, 2));
    case "u16":
      return new Uint16Array(...aligned(bytes, 2));
    case "i8":
      return new Int8Array(...aligned(bytes, 1));
    case "bool":
      return bytes.some((byte) => byte > 1) ? bytes.map((byte) => (byte === 0 ? 0 : 1)) : bytes;
    case "u8":
      return bytes;
    case "string":
      return [];
    default:
      return type satisfies never;
  }
}

/** Bytes as the arguments of a typed array: where they lie if that is aligned, else copied. */
function aligned(bytes: Uint8Array, width: number): [ArrayBufferLike, number, number] {
  const { buffer, byteOffset } = byteOffsetFits(bytes, width) ? bytes : new Uint8Array(bytes);
  return [buffer, byteOffset, bytes.length / width];
}

function byteOffsetFits(bytes: Uint8Array, width: number): boolean {
  return bytes.byteOffset % width === 0;
}

/** Values of the fields that have a type of their own. */
function typedValues(name: string, type: ElementType, size: number, { typed }: Parts): HostValues {
  if (type === "string") {
    const texts = typed.filter(({ field }) => field.number === 6).map(({ bytes }) => new TextDecoder().decode(bytes));
    if (texts.length !== size) throw damaged(`tensor "${name}" has ${texts.length} texts for ${size} places`);
    return texts;
  }
  const numbers: number[] = [];
  for (const { field, bytes } of typed) {
    // Each byte holds at most one number, so this many cannot outgrow the file by much.
    if (numbers.length > size) break;
    readNumbers(field, bytes, numbers);
  }
  if (numbers.length !== size) throw damaged(`tensor "${name}" has ${numbers.length} numbers for ${size} places`);
  return numbersAs(type, numbers);
}

function readNumbers({ number, wire }: Field, bytes: Uint8Array, into: number[]): void {
  if (wire !== 2) {
    for (const value of new Float64Array(bytes.buffer)) into.push(value);
    return;
  }
  const reader = new WireReader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (number === 4) for (let at = 0; at + 4 <= bytes.length; at += 4) into.push(view.getFloat32(at, true));
  else if (number === 10) for (let at = 0; at + 8 <= bytes.length; at += 8) into.push(view.getFloat64(at, true));
  else while (reader.position < bytes.length) into.push(reader.number());
}

function numbersAs(type: ElementType, numbers: readonly number[]): HostValues {
  if (type === "f16") return Float32Array.from(Uint16Array.from(numbers), decodeF16);
  if (type === "bf16") return Float32Array.from(Uint16Array.from(numbers), decodeBf16);
  const values = hostValues(type, numbers.length);
  numbers.forEach((value, index) => {
    values[index] = value;
  });
  return values;
}
