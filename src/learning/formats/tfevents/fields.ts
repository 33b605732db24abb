// Protobuf messages field by field, over @bufbuild/protobuf's reader and writer. What is read is bounded by the bytes that
// are there: every length is checked before anything is taken.

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { messageOf, SinterError } from "#engine/base/error.ts";

/** Numbers of one list: those of summaries are a thousand or so. */
const maxPacked = 2 ** 22;

/** Where a reader stands: at the value of a field. */
export interface Field {
  readonly number: number;
  /** The bytes of a message, a text or a packed list. */
  bytes(): Uint8Array;
  /** UTF-8; what is none becomes U+FFFD. */
  text(): string;
  /** An integer of up to 2^53. */
  integer(): number;
  /** A double or a float. */
  decimal(): number;
  /** Floats, packed or one. */
  floats(): number[];
  /** Doubles, packed or one. */
  doubles(): number[];
  /** Integers, packed or one. */
  integers(): number[];
}

/**
 * Calls `visit` for each field of a message, in order; fields that it does not read are skipped.
 * @throws format where the bytes are no message
 */
export function eachField(message: Uint8Array, where: string, visit: (field: Field) => void): void {
  const reader = new BinaryReader(message);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const start = reader.pos;
      visit(new OpenField(reader, number, type, where));
      // Groups are of no message here, and are the one thing that nests within a skip.
      if (reader.pos === start) skip(reader, number, type, where);
    }
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw damaged(where, messageOf(error));
  }
}

function skip(reader: BinaryReader, number: number, type: WireType, where: string): void {
  if (type === WireType.StartGroup || type === WireType.EndGroup) throw damaged(where, `field ${number} is a group`);
  reader.skip(type);
}

/** The field that a reader stands at. */
class OpenField implements Field {
  readonly number: number;
  readonly #reader: BinaryReader;
  readonly #type: WireType;
  readonly #where: string;

  constructor(reader: BinaryReader, number: number, type: WireType, where: string) {
    this.number = number;
    this.#reader = reader;
    this.#type = type;
    this.#where = where;
  }

  bytes(): Uint8Array {
    this.#expect(WireType.LengthDelimited);
    return this.#reader.bytes();
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  integer(): number {
    this.#expect(WireType.Varint);
    return this.#safe(this.#reader.int64());
  }

  decimal(): number {
    this.#expect(WireType.Bit32, WireType.Bit64);
    return this.#type === WireType.Bit32 ? this.#reader.float() : this.#reader.double();
  }

  floats(): number[] {
    return this.#list(
      () => this.decimal(),
      (packed) => packed.float(),
    );
  }

  doubles(): number[] {
    return this.#list(
      () => this.decimal(),
      (packed) => packed.double(),
    );
  }

  integers(): number[] {
    return this.#list(
      () => this.integer(),
      (packed) => this.#safe(packed.int64()),
    );
  }

  #list(single: () => number, next: (packed: BinaryReader) => number): number[] {
    if (this.#type !== WireType.LengthDelimited) return [single()];
    const packed = new BinaryReader(this.#reader.bytes());
    const values: number[] = [];
    while (packed.pos < packed.len) {
      if (values.length === maxPacked) throw this.#wrong(`has more than ${maxPacked} numbers`);
      values.push(next(packed));
    }
    return values;
  }

  #safe(value: bigint | string): number {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw this.#wrong(`is ${value}`);
  }

  #expect(...types: readonly WireType[]): void {
    if (!types.includes(this.#type)) throw this.#wrong(`is of wire type ${this.#type}`);
  }

  #wrong(what: string): SinterError {
    return damaged(this.#where, `field ${this.number} ${what}`);
  }
}

/** The bytes of a message that `write` writes. */
export function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** Writes a field of bytes: a message within, a text as bytes. */
export function writeBytes(writer: BinaryWriter, field: number, bytes: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(bytes);
}

/** Writes a text; an empty one, which is the default, is left out. */
export function writeText(writer: BinaryWriter, field: number, text: string | undefined): void {
  if (text !== undefined && text !== "") writer.tag(field, WireType.LengthDelimited).string(text);
}

/** Writes an integer; 0, which is the default, is left out. */
export function writeInteger(writer: BinaryWriter, field: number, value: number): void {
  if (value !== 0) writer.tag(field, WireType.Varint).int64(value);
}

/** Writes a double, 0 too. */
export function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit64).double(value);
}

/** An error of an event file. */
export function damaged(where: string, what: string): SinterError {
  return new SinterError(
    "format",
    `tfevents: ${where}: ${what}. The file is damaged or is something else; write or fetch it again.`,
    { where },
  );
}
