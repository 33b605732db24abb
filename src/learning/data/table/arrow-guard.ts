// Checks an Arrow IPC stream before it is decoded: flechette takes lengths and counts as they come. Every message, vector
// and buffer must lie within the bytes, and lists must not nest without end.

import type { SinterError } from "#engine/base/error.ts";
import { damaged } from "#learning/data/table/limits.ts";

/** Numbers of Arrow's MessageHeader. */
const headers = { schema: 1, dictionaryBatch: 2, recordBatch: 3 };
/** Of Arrow's Type. */
const union = 14;
const maxDepth = 16;
const maxMessages = 100_000;

/** @throws format */
export function checkArrowStream(bytes: Uint8Array, maxFields: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  for (let number = 0; offset + 4 <= bytes.length; number += 1) {
    if (number === maxMessages) throw damaged("Arrow", `more than ${maxMessages} messages`);
    let length = view.getInt32(offset, true);
    offset += 4;
    if (length === -1) {
      if (offset + 4 > bytes.length) return;
      length = view.getInt32(offset, true);
      offset += 4;
    }
    if (length === 0) return;
    if (length < 0 || length > bytes.length - offset) throw damaged("Arrow", `message ${number} has ${length} bytes`);
    const bodyLength = new Flatbuffer(bytes.subarray(offset, offset + length)).check(maxFields);
    offset += length;
    if (bodyLength > bytes.length - offset)
      throw damaged("Arrow", `message ${number} has a body of ${bodyLength} bytes`);
    offset += bodyLength;
  }
}

/** A table of a flatbuffer: where it lies, and where its fields are. */
interface FlatTable {
  readonly position: number;
  readonly vtable: number;
  readonly size: number;
}

/** One message's metadata. Its format: tables that point at their fields by offsets of their own. */
class Flatbuffer {
  readonly #view: DataView;
  #numFields = 0;
  #bodyLength = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Checks the message; gives the length of its body. */
  check(maxFields: number): number {
    const message = this.#table(0);
    const type = this.#field(message, 6);
    const header = this.#field(message, 8);
    const body = this.#field(message, 10);
    const bodyLength = body === undefined ? 0n : this.#int64(body);
    if (bodyLength < 0n || bodyLength > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#wrong("a body of no length");
    this.#bodyLength = Number(bodyLength);
    if (header === undefined || type === undefined) return this.#bodyLength;
    const kind = this.#uint8(type);
    const inner = this.#table(header);
    if (kind === headers.schema) this.#schema(inner, maxFields);
    else if (kind === headers.recordBatch) this.#batch(inner);
    else if (kind === headers.dictionaryBatch) {
      const data = this.#field(inner, 6);
      if (data === undefined) throw this.#wrong("a dictionary without values");
      this.#batch(this.#table(data));
    } else throw this.#wrong(`a message of kind ${kind}`);
    return this.#bodyLength;
  }

  #schema(schema: FlatTable, maxFields: number): void {
    const endianness = this.#field(schema, 4);
    if (endianness !== undefined && this.#uint16(endianness) !== 0) throw this.#wrong("numbers in big-endian order");
    this.#fields(this.#field(schema, 6), maxFields, 0);
    this.#metadata(this.#field(schema, 8));
  }

  #fields(vector: number | undefined, maxFields: number, depth: number): void {
    if (depth > maxDepth) throw this.#wrong(`types within types, more than ${maxDepth} deep`);
    for (const place of this.#places(vector, 4)) {
      this.#numFields += 1;
      if (this.#numFields > maxFields) throw this.#wrong(`more than ${maxFields} columns`);
      const field = this.#table(place);
      this.#metadata(this.#field(field, 16));
      const type = this.#field(field, 10);
      // A union's list of type numbers is the only list within a type.
      const kind = this.#field(field, 8);
      if (type !== undefined && kind !== undefined && this.#uint8(kind) === union)
        this.#places(this.#field(this.#table(type), 6), 4);
      this.#fields(this.#field(field, 14), maxFields, depth + 1);
    }
  }

  #metadata(vector: number | undefined): void {
    this.#places(vector, 4);
  }

  #batch(batch: FlatTable): void {
    this.#places(this.#field(batch, 6), 16);
    const variadic = this.#places(this.#field(batch, 12), 8);
    const buffers = this.#places(this.#field(batch, 8), 16);
    for (const place of buffers) {
      const [start, length] = [this.#int64(place), this.#int64(place + 8)];
      if (start < 0n || length < 0n || start + length > BigInt(this.#bodyLength)) {
        throw this.#wrong(`a buffer at ${start} of ${length} bytes in a body of ${this.#bodyLength}`);
      }
    }
    for (const place of variadic) {
      if (this.#int64(place) < 0n || this.#int64(place) > BigInt(buffers.length)) throw this.#wrong("too many buffers");
    }
  }

  /** Where the items of a vector lie. */
  #places(field: number | undefined, stride: number): number[] {
    if (field === undefined) return [];
    const base = field + this.#int32(field);
    const count = this.#int32(base);
    if (count < 0 || count * stride > this.#view.byteLength - base - 4) throw this.#wrong(`a list of ${count} items`);
    return Array.from({ length: count }, (_, index) => base + 4 + index * stride);
  }

  /** The table that an offset points at. */
  #table(at: number): FlatTable {
    const position = at + this.#int32(at);
    const vtable = position - this.#int32(position);
    return { position, vtable, size: this.#uint16(vtable) };
  }

  /** Where a field of a table lies; undefined where it is left out. */
  #field({ position, vtable, size }: FlatTable, index: number): number | undefined {
    if (index >= size) return undefined;
    const offset = this.#uint16(vtable + index);
    return offset === 0 ? undefined : position + offset;
  }

  #uint8(at: number): number {
    return this.#view.getUint8(this.#within(at, 1));
  }

  #uint16(at: number): number {
    return this.#view.getUint16(this.#within(at, 2), true);
  }

  #int32(at: number): number {
    return this.#view.getInt32(this.#within(at, 4), true);
  }

  #int64(at: number): bigint {
    return this.#view.getBigInt64(this.#within(at, 8), true);
  }

  #within(at: number, size: number): number {
    if (at >= 0 && at + size <= this.#view.byteLength) return at;
    throw this.#wrong(`an offset of ${at} in ${this.#view.byteLength} bytes`);
  }

  #wrong(what: string): SinterError {
    return damaged("Arrow", `its metadata has ${what}`);
  }
}
