// Writes HDF5 files of the first kind, which every version of the format's library reads: groups, tensors in one piece, and
// attributes that are texts.
// Source: HDF5 File Format Specification 3.0, sections II.A, III.A to III.D and IV.A.

import { byteSize, type DType } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";

/** A group to be written. */
export interface Hdf5GroupSource {
  /** Texts by name. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly members: ReadonlyMap<string, Hdf5GroupSource | StoredTensor>;
}

const superblockBytes = 96;
/** Of a tree's node: places for 2 · 16 children. */
const treeK = 16;
const treeBytes = 24 + (4 * treeK + 1) * 8;
const undefinedAddress = 0xffffffffffffffffn;
const messageTypes = { dataspace: 1, datatype: 3, layout: 8, attribute: 12, symbolTable: 17 };

/** The bytes of a file. Equal contents give equal bytes. */
export function writeHdf5(root: Hdf5GroupSource): Uint8Array<ArrayBuffer> {
  const leafK = Math.max(4, Math.ceil(largestGroup(root) / (4 * treeK)));
  const writer = new Writer(leafK);
  const address = writer.group(root);
  return writer.finish(address);
}

function largestGroup(group: Hdf5GroupSource): number {
  const inner = [...group.members.values()].map((member) => ("members" in member ? largestGroup(member) : 0));
  return inner.reduce((most, count) => Math.max(most, count), group.members.size);
}

/** A piece of the file and where it lies. */
interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Lays pieces one after another; what a piece points to is laid before it. */
class Writer {
  readonly #leafK: number;
  readonly #pieces: Piece[] = [];
  #end = superblockBytes;

  constructor(leafK: number) {
    this.#leafK = leafK;
  }

  /** Lays bytes down at a multiple of 8. @returns their address */
  #lay(bytes: Uint8Array): number {
    const at = this.#end;
    this.#pieces.push({ at, bytes });
    this.#end = at + Math.ceil(bytes.length / 8) * 8;
    return at;
  }

  /** @returns the address of the group's header */
  group({ members, attributes = {} }: Hdf5GroupSource): number {
    const names = [...members.keys()].map((name) => ({ name, bytes: new TextEncoder().encode(name) }));
    names.sort((left, right) => compareBytes(left.bytes, right.bytes));
    const heap = new Fields().zeros(8);
    const symbols = names.map(({ name, bytes }) => {
      const nameAt = heap.length;
      heap.put(bytes).zeros(8 - (bytes.length % 8));
      const member = members.get(name);
      if (member === undefined) throw new BugError(`HDF5: member ${name} is gone.`);
      return { nameAt, header: "members" in member ? this.group(member) : this.#dataset(member) };
    });
    const segment = this.#lay(heap.bytes());
    const header = new Fields().text("HEAP").zeros(4).u64(heap.length).u64(1).u64(segment);
    const heapAt = this.#lay(header.bytes());
    const table = new Fields().u64(this.#tree(symbols)).u64(heapAt);
    const texts = Object.entries(attributes).map(([name, text]) => attributeMessage(name, text));
    return this.#lay(headerOf([{ type: messageTypes.symbolTable, data: table.bytes() }, ...texts]));
  }

  /** One node over as many tables as the names need. */
  #tree(symbols: readonly { readonly nameAt: number; readonly header: number }[]): number {
    const size = 2 * this.#leafK;
    const numLeaves = Math.ceil(symbols.length / size);
    const node = new Fields()
      .text("TREE")
      .u8(0)
      .u8(0)
      .u16(numLeaves)
      .wide(undefinedAddress)
      .wide(undefinedAddress)
      .u64(0);
    for (let leaf = 0; leaf < numLeaves; leaf += 1) {
      const own = symbols.slice(leaf * size, (leaf + 1) * size);
      const table = new Fields().text("SNOD").u8(1).u8(0).u16(own.length);
      for (const { nameAt, header } of own) table.u64(nameAt).u64(header).zeros(24);
      table.zeros((size - own.length) * 40);
      node.u64(this.#lay(table.bytes())).u64(own.at(-1)?.nameAt ?? 0);
    }
    return this.#lay(node.zeros(treeBytes - node.length).bytes());
  }

  #dataset({ dtype, shape, data }: StoredTensor): number {
    const numBytes = data.length * byteSize(dtype);
    const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (data.byteLength !== numBytes)
      throw new BugError(`HDF5: ${data.byteLength} bytes for ${data.length} of ${dtype}.`);
    const at = numBytes === 0 ? undefinedAddress : BigInt(this.#lay(values));
    return this.#lay(
      headerOf([
        { type: messageTypes.dataspace, data: dataspace(shape) },
        { type: messageTypes.datatype, data: datatypes[dtype]() },
        { type: messageTypes.layout, data: new Fields().u8(3).u8(1).wide(at).u64(numBytes).bytes() },
      ]),
    );
  }

  finish(root: number): Uint8Array<ArrayBuffer> {
    const file = new Uint8Array(this.#end);
    const block = new Fields().put(Uint8Array.of(0x89)).text("HDF\r\n").put(Uint8Array.of(0x1a, 0x0a));
    block.zeros(5).u8(8).u8(8).u8(0).u16(this.#leafK).u16(treeK).u32(0);
    block.u64(0).wide(undefinedAddress).u64(this.#end).wide(undefinedAddress);
    block.u64(0).u64(root).zeros(24);
    file.set(block.bytes(), 0);
    for (const { at, bytes } of this.#pieces) file.set(bytes, at);
    return file;
  }
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const at = left.findIndex((byte, place) => byte !== right[place]);
  return at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}

interface Message {
  readonly type: number;
  readonly data: Uint8Array;
}

function headerOf(messages: readonly Message[]): Uint8Array {
  const body = new Fields();
  for (const { type, data } of messages) {
    const padded = Math.ceil(data.length / 8) * 8;
    body
      .u16(type)
      .u16(padded)
      .zeros(4)
      .put(data)
      .zeros(padded - data.length);
  }
  return new Fields().u8(1).u8(0).u16(messages.length).u32(1).u32(body.length).zeros(4).put(body.bytes()).bytes();
}

function dataspace(shape: readonly number[]): Uint8Array {
  const fields = new Fields().u8(1).u8(shape.length).zeros(6);
  for (const extent of shape) fields.u64(extent);
  return fields.bytes();
}

/** A text in UTF-8 of fixed length, for one that may be empty of one byte. */
function attributeMessage(name: string, text: string): Message {
  const [nameBytes, bytes] = [new TextEncoder().encode(name), new TextEncoder().encode(text)];
  const size = Math.max(1, bytes.length);
  const type = new Fields().u8(0x13).u8(0x11).zeros(2).u32(size).bytes();
  const space = dataspace([]);
  const data = new Fields()
    .u8(1)
    .u8(0)
    .u16(nameBytes.length + 1)
    .u16(type.length)
    .u16(space.length);
  data
    .put(nameBytes)
    .zeros(8 - (nameBytes.length % 8))
    .put(type)
    .put(space)
    .put(bytes)
    .zeros(size - bytes.length);
  return { type: messageTypes.attribute, data: data.bytes() };
}

function integer(bytes: number, isSigned: boolean): Uint8Array {
  return new Fields()
    .u8(0x10)
    .u8(isSigned ? 8 : 0)
    .zeros(2)
    .u32(bytes)
    .u16(0)
    .u16(8 * bytes)
    .bytes();
}

/** @param parts of the exponent where it begins and its bits, of the mantissa its bits, and the bias */
function float(bytes: number, [exponentAt, exponentBits, bias]: readonly [number, number, number]): Uint8Array {
  const fields = new Fields()
    .u8(0x11)
    .u8(0x20)
    .u8(8 * bytes - 1)
    .u8(0)
    .u32(bytes)
    .u16(0)
    .u16(8 * bytes);
  return fields.u8(exponentAt).u8(exponentBits).u8(0).u8(exponentAt).u32(bias).bytes();
}

const datatypes: Readonly<Record<DType, () => Uint8Array>> = {
  f32: () => float(4, [23, 8, 127]),
  f16: () => float(2, [10, 5, 15]),
  bf16: () => float(2, [7, 8, 127]),
  i32: () => integer(4, true),
  u8: () => integer(1, false),
  bool: () => integer(1, false),
};

/** Little-endian numbers one after another. */
class Fields {
  #bytes = new Uint8Array(64);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: number): this {
    return this.wide(BigInt(value));
  }

  wide(value: bigint): this {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  zeros(count: number): this {
    this.#room(count);
    return this;
  }

  put(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  text(text: string): this {
    return this.put(new TextEncoder().encode(text));
  }
}
