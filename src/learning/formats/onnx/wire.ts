// The wire format of protocol buffers, read field by field out of bytes that may be hostile. It copies nothing and holds no
// more than a place in the bytes; what a field means is the caller's.

import { SinterError } from "#engine/base/error.ts";

/** How a field lies in the bytes; groups are refused. */
type WireType = 0 | 1 | 2 | 5;

/** One field of a message; the reader stands at its value, which must be taken or skipped. */
export interface Field {
  readonly number: number;
  readonly wire: WireType;
}

const floatBits = new DataView(new ArrayBuffer(8));
const textDecoder = new TextDecoder("utf-8");

/** A place in the bytes of a message. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  /** Where the reader stands, in the bytes that it was given. */
  get position(): number {
    return this.#position;
  }

  /** The next field; undefined at the end. @throws format for a broken tag */
  next(): Field | undefined {
    if (this.#position >= this.#end) return undefined;
    const tag = this.number();
    const wire = tag & 7;
    const number = Math.floor(tag / 8);
    if (number < 1 || number >= 2 ** 29 || !isWireType(wire)) throw damaged(`a field has the tag ${tag}`);
    return { number, wire };
  }

  /** Passes over the value of a field. */
  skip({ wire }: Field): void {
    if (wire === 0) this.number();
    else if (wire === 1) this.#advance(8);
    else if (wire === 5) this.#advance(4);
    else this.#advance(this.#length());
  }

  /** A signed integer of 64 bits as a number: exact up to 2^53, beyond it the nearest. */
  number(): number {
    let low = 0;
    let high = 0;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#byte();
      const part = byte & 127;
      if (count < 4) low += part * 2 ** (7 * count);
      else high += part * 2 ** (7 * (count - 4));
      if (byte < 128) return joined(low, high);
    }
    throw damaged("a number has more than ten bytes");
  }

  /** A float of 32 bits, of a field that is one. */
  float({ wire }: Field): number {
    if (wire !== 5) throw damaged("a float has another wire type");
    const start = this.#advance(4);
    for (let index = 0; index < 4; index += 1) floatBits.setUint8(index, this.#bytes[start + index] ?? 0);
    return floatBits.getFloat32(0, true);
  }

  /** An integer, of a field that is one. */
  integer({ wire }: Field): number {
    if (wire !== 0) throw damaged("an integer has another wire type");
    return this.number();
  }

  /** The bytes of a field with a length: a view, no copy. */
  bytes({ wire }: Field): Uint8Array {
    if (wire !== 2) throw damaged("a message or text has another wire type");
    const length = this.#length();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A reader over a message inside this one. */
  message(field: Field): WireReader {
    const bytes = this.bytes(field);
    return new WireReader(bytes);
  }

  text(field: Field): string {
    return textDecoder.decode(this.bytes(field));
  }

  /** Adds one integer, or a packed list of them. */
  integers(field: Field, into: number[]): void {
    if (field.wire === 0) {
      into.push(this.number());
      return;
    }
    const inner = this.message(field);
    while (inner.#position < inner.#end) into.push(inner.number());
  }

  /** Adds one float, or a packed list of them. */
  floats(field: Field, into: number[]): void {
    if (field.wire === 5) {
      into.push(this.float(field));
      return;
    }
    const bytes = this.bytes(field);
    if (bytes.length % 4 !== 0) throw damaged("a list of floats ends within a float");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 4) into.push(view.getFloat32(at, true));
  }

  /** Adds one double, or a packed list of them. */
  doubles(field: Field, into: number[]): void {
    const bytes = field.wire === 1 ? this.#take(8) : this.bytes(field);
    if (bytes.length % 8 !== 0) throw damaged("a list of doubles ends within a double");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 8) into.push(view.getFloat64(at, true));
  }

  #take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #length(): number {
    const length = this.number();
    if (length < 0 || length > this.#end - this.#position) {
      throw damaged(`a field of ${length} bytes lies in ${this.#end - this.#position}`);
    }
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#advance(1)];
    return byte ?? 0;
  }

  /** Moves on and gives the place before. */
  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#end - start) throw damaged("it ends within a field");
    this.#position = start + length;
    return start;
  }
}

function isWireType(wire: number): wire is WireType {
  return wire === 0 || wire === 1 || wire === 2 || wire === 5;
}

/** Two parts of 28 and 36 bits as a signed number. */
function joined(low: number, high: number): number {
  const top = high >= 2 ** 36 ? high % 2 ** 36 : high;
  if (top < 2 ** 35) return top * 2 ** 28 + low;
  return (top - 2 ** 36) * 2 ** 28 + low;
}

/** The error for bytes that are no ONNX file. */
export function damaged(what: string): SinterError {
  return new SinterError(
    "format",
    `onnx: ${what}. The file is damaged or is something else; fetch or export it again.`,
  );
}
