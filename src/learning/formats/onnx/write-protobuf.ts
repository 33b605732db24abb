// Protocol buffers, as far as writing ONNX needs them: numbers, texts, bytes and messages inside messages. Large tensors are
// not copied until the whole is joined.

/** A message being written: its pieces, in order. */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** An integer field, also a negative one. */
  integer(field: number, value: number | bigint): this {
    this.#push(varint(BigInt(field) << 3n));
    return this.#push(varint(BigInt(value)));
  }

  float(field: number, value: number): this {
    this.#push(varint((BigInt(field) << 3n) | 5n));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(bytes);
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#begin(field, value.length);
    return this.#push(value);
  }

  /** Integers of a repeated field, packed. */
  integers(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    return this.bytes(field, joined(values.map((value) => varint(BigInt(value)))));
  }

  floats(field: number, values: readonly number[]): this {
    if (values.length === 0) return this;
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => view.setFloat32(index * 4, value, true));
    return this.bytes(field, bytes);
  }

  message(field: number, value: Message): this {
    this.#begin(field, value.length);
    for (const part of value.#parts) this.#push(part);
    return this;
  }

  messages(field: number, values: readonly Message[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  /** Fields that are written already. */
  raw(fields: Uint8Array): this {
    return this.#push(fields);
  }

  toBytes(): Uint8Array {
    return joined(this.#parts);
  }

  #begin(field: number, length: number): void {
    this.#push(varint((BigInt(field) << 3n) | 2n));
    this.#push(varint(BigInt(length)));
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

/** A StringStringEntryProto. */
export function encodeEntry(key: string, value: string): Message {
  return new Message().text(1, key).text(2, value);
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let start = 0;
  for (const part of parts) {
    bytes.set(part, start);
    start += part.length;
  }
  return bytes;
}
