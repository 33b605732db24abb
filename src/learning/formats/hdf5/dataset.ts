// The values of data sets and attributes: shape, type, where the bytes lie, and how they were packed. Nothing is allocated
// that the file does not hold.
// Source: HDF5 File Format Specification 3.0, sections III.A, III.E and IV.A.2.

import { unzlibSync } from "fflate";
import { messageOf } from "#engine/base/error.ts";
import { Cursor, damaged, nowhere, refused, textOf } from "./bytes.ts";
import { fixedTexts, numbersOf, readElementType, type ElementType } from "./datatype.ts";
import { checkedPlace, messageTypes, type HeaderMessage } from "./header.ts";
import { newestKind, readTreeNode } from "./links.ts";
import type { Hdf5Values } from "./read.ts";

/** Shape and type of values. */
export interface ValueType {
  readonly shape: readonly number[];
  readonly type: ElementType;
}

const maxRank = 32;
/** Bytes that deflate makes of one at most. */
const maxRatio = 1032;
const maxChunks = 1_048_576;

/** @throws format */
export function readDataspace(cursor: Cursor): number[] {
  const version = cursor.u8();
  const rank = cursor.u8();
  cursor.skip(1);
  const kind = cursor.u8();
  if (version !== 1 && version !== 2) throw damaged("a shape of an unknown version");
  if (version === 2 && kind === 2) return [0];
  if (version === 1) cursor.skip(4);
  if (rank > maxRank) throw damaged(`a shape of rank ${rank}`);
  const shape = Array.from({ length: rank }, () => cursor.u64());
  if (shape.includes(nowhere)) throw damaged("a shape without an end");
  return shape;
}

function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size > 2 ** 40) throw damaged(`a shape of [${shape.join(", ")}]`);
  return size;
}

/** The one message of a type. */
function messageOfType(messages: readonly HeaderMessage[], type: number): Cursor | undefined {
  const found = messages.find((message) => message.type === type);
  return found === undefined ? undefined : new Cursor(found.data);
}

/** What a data set's header says of it, or nothing where the header is another object's. @throws format */
export function datasetType(messages: readonly HeaderMessage[]): ValueType | undefined {
  const space = messageOfType(messages, messageTypes.dataspace);
  const type = messageOfType(messages, messageTypes.datatype);
  if (space === undefined || type === undefined) return undefined;
  return { shape: readDataspace(space), type: readElementType(type) };
}

/** The values of a data set. @throws format where they are not all in the file */
export function datasetValues(file: Uint8Array, messages: readonly HeaderMessage[], of: ValueType): Hdf5Values {
  const layout = messageOfType(messages, messageTypes.layout);
  if (layout === undefined) throw damaged("a data set without a place");
  if (messageOfType(messages, messageTypes.externalFiles) !== undefined) {
    throw refused("values lie in another file", "Save them in the file itself.");
  }
  const numBytes = sizeOf(of.shape) * of.type.bytes;
  if (numBytes === 0) return decode(file, of, new Uint8Array());
  return decode(file, of, storedBytes(file, messages, layout, { ...of, numBytes }));
}

interface Wanted extends ValueType {
  readonly numBytes: number;
}

function storedBytes(file: Uint8Array, messages: readonly HeaderMessage[], layout: Cursor, wanted: Wanted): Uint8Array {
  const version = layout.u8();
  if (version !== 3 && version !== 4) throw damaged("values of an unknown layout");
  const kind = layout.u8();
  if (kind === 0) return exactly(layout.bytes(layout.u16()), wanted);
  if (kind === 1) {
    const [address, length] = [layout.u64(), layout.u64()];
    if (address === nowhere) throw refused("a data set has a shape, but no values", "Save its values.");
    if (length < wanted.numBytes) throw beyond(wanted, length);
    return new Cursor(file, checkedPlace(file, address)).bytes(wanted.numBytes);
  }
  if (kind === 3) throw refused("a data set is virtual: its values lie elsewhere", "Save the values themselves.");
  if (kind !== 2) throw damaged("values of an unknown layout");
  if (version === 4) throw newestKind();
  return chunkedBytes(file, layout, readFilters(messageOfType(messages, messageTypes.filters)), wanted);
}

function beyond({ shape }: Wanted, length: number): Error {
  return damaged(`a shape of [${shape.join(", ")}] over ${length} bytes`);
}

function exactly(bytes: Uint8Array, wanted: Wanted): Uint8Array {
  if (bytes.length < wanted.numBytes) throw beyond(wanted, bytes.length);
  return bytes.subarray(0, wanted.numBytes);
}

type Filter = "deflate" | "shuffle" | "fletcher32";

const filterNames: ReadonlyMap<number, Filter> = new Map([
  [1, "deflate"],
  [2, "shuffle"],
  [3, "fletcher32"],
]);

function readFilters(cursor: Cursor | undefined): Filter[] {
  if (cursor === undefined) return [];
  const version = cursor.u8();
  const count = cursor.u8();
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameBytes = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const numValues = cursor.u16();
    cursor.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    cursor.skip(4 * numValues + (version === 1 && numValues % 2 === 1 ? 4 : 0));
    const filter = filterNames.get(id);
    if (filter === undefined) throw refused(`values are packed by filter ${id}`, "Use gzip and shuffle, or none.");
    return filter;
  });
}

interface Chunks extends Wanted {
  readonly filters: readonly Filter[];
  /** Extents of a chunk. */
  readonly chunk: readonly number[];
}

function chunkedBytes(file: Uint8Array, layout: Cursor, filters: readonly Filter[], wanted: Wanted): Uint8Array {
  const rank = layout.u8() - 1;
  const address = layout.u64();
  const chunk = Array.from({ length: Math.max(0, rank) }, () => layout.u32());
  if (rank !== wanted.shape.length || layout.u32() !== wanted.type.bytes || chunk.includes(0)) {
    throw damaged("chunks that do not fit their data set");
  }
  const found = findChunks(file, address, rank);
  const stored = found.reduce((sum, { length }) => sum + length, 0);
  const expected = wanted.shape.reduce((product, extent, axis) => product * Math.ceil(extent / (chunk[axis] ?? 1)), 1);
  const chunkBytes = sizeOf(chunk) * wanted.type.bytes;
  const limit = filters.includes("deflate") ? stored * maxRatio : stored;
  if (found.length !== expected) throw refused("a data set has not all of its values", "Save all of them.");
  if (expected * chunkBytes > limit + 64) throw beyond(wanted, stored);
  const result = new Uint8Array(wanted.numBytes);
  for (const one of found) {
    const values = unpacked(new Cursor(file, one.address).bytes(one.length), one.mask, chunkBytes, {
      ...wanted,
      filters,
      chunk,
    });
    place(values, one.offsets, { ...wanted, filters, chunk }, result);
  }
  return result;
}

interface FoundChunk {
  readonly address: number;
  readonly length: number;
  /** Filters that were left out, as bits. */
  readonly mask: number;
  readonly offsets: readonly number[];
}

function findChunks(file: Uint8Array, root: number, rank: number): FoundChunk[] {
  const found: FoundChunk[] = [];
  const seen = new Set<number>();
  const walk = (address: number): void => {
    if (seen.has(address)) throw damaged("a tree of chunks in a circle");
    seen.add(address);
    const { level, children } = readTreeNode(file, address, 1, 8 + 8 * (rank + 1));
    for (const { key, address: child } of children) {
      if (level > 0) {
        walk(child);
        continue;
      }
      const cursor = new Cursor(key);
      const [length, mask] = [cursor.u32(), cursor.u32()];
      const offsets = Array.from({ length: rank }, () => cursor.u64());
      if (seen.has(child) || found.length >= maxChunks) throw damaged("one chunk twice");
      seen.add(child);
      found.push({ address: checkedPlace(file, child), length, mask, offsets });
    }
  };
  walk(root);
  return found;
}

/** The filters undone, the last first. */
function unpacked(bytes: Uint8Array, mask: number, chunkBytes: number, { filters, type }: Chunks): Uint8Array {
  let values = bytes;
  for (const [number, filter] of [...filters.entries()].toReversed()) {
    if ((mask & (1 << number)) !== 0) continue;
    if (filter === "fletcher32") values = values.subarray(0, Math.max(0, values.length - 4));
    if (filter === "deflate") values = inflated(values, chunkBytes + 64);
    if (filter === "shuffle") values = unshuffled(values, type.bytes);
  }
  if (values.length < chunkBytes) throw damaged(`a chunk of ${values.length} bytes in place of ${chunkBytes}`);
  return values;
}

function inflated(bytes: Uint8Array, limit: number): Uint8Array {
  try {
    return unzlibSync(bytes, { out: new Uint8Array(limit) });
  } catch (error) {
    throw damaged(`a chunk that does not unpack: ${messageOf(error)}`);
  }
}

function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.length / size);
  const result = new Uint8Array(bytes);
  for (let index = 0; index < count; index += 1) {
    for (let byte = 0; byte < size; byte += 1) result[index * size + byte] = bytes[byte * count + index] ?? 0;
  }
  return result;
}

/** Copies the part of a chunk that lies within the data set. */
function place(values: Uint8Array, offsets: readonly number[], { shape, chunk, type }: Chunks, into: Uint8Array): void {
  const rows = (axis: number, from: number, to: number): void => {
    const [begin = 0, extent = 1, own = 1] = [offsets[axis], shape[axis], chunk[axis]];
    if (begin % own !== 0 || begin >= extent) throw damaged("a chunk outside its data set");
    const count = Math.min(own, extent - begin);
    if (axis >= shape.length - 1) {
      const start = (to * extent + begin) * type.bytes;
      into.set(values.subarray(from * own * type.bytes, (from * own + count) * type.bytes), start);
      return;
    }
    for (let row = 0; row < count; row += 1) rows(axis + 1, from * own + row, to * extent + begin + row);
  };
  rows(0, 0, 0);
}

/** The values of an attribute message. @throws format */
export function readAttribute(
  file: Uint8Array,
  data: Uint8Array,
): { name: string; type: ValueType; values: () => Hdf5Values } {
  const cursor = new Cursor(data);
  const version = cursor.u8();
  const flags = cursor.u8();
  if (version < 1 || version > 3) throw damaged("an attribute of an unknown version");
  if (version > 1 && (flags & 3) !== 0) throw refused("a type is kept apart", "Save without committed datatypes.");
  const [nameBytes, typeBytes, spaceBytes] = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  const part = (length: number): Uint8Array => {
    const begin = cursor.at;
    const bytes = cursor.bytes(length);
    if (version === 1) cursor.align(begin);
    return bytes;
  };
  const name = textOf(part(nameBytes)).replace(/\0.*$/su, "");
  const type = {
    type: readElementType(new Cursor(part(typeBytes))),
    shape: readDataspace(new Cursor(part(spaceBytes))),
  };
  const rest = cursor.bytes(cursor.left);
  const numBytes = sizeOf(type.shape) * type.type.bytes;
  return { name, type, values: () => decode(file, type, exactly(rest, { ...type, numBytes })) };
}

function decode(file: Uint8Array, { type, shape }: ValueType, bytes: Uint8Array): Hdf5Values {
  if (type.kind === "text") return { kind: "texts", texts: fixedTexts(type.bytes, bytes) };
  if (type.kind === "longText") return { kind: "texts", texts: longTexts(file, bytes) };
  return { kind: "numbers", shape, type, data: numbersOf(type, bytes) };
}

const maxHeapObjects = 65_536;

/** Texts in the heaps of the file: each element is a length, a heap's address and a number in it. */
function longTexts(file: Uint8Array, bytes: Uint8Array): string[] {
  const heaps = new Map<number, Map<number, Uint8Array>>();
  const cursor = new Cursor(bytes);
  let total = 0;
  return Array.from({ length: bytes.length / 16 }, () => {
    const [length, address, index] = [cursor.u32(), cursor.u64(), cursor.u32()];
    if (length === 0) return "";
    const heap = heaps.get(address) ?? readTextHeap(file, address);
    heaps.set(address, heap);
    const own = heap.get(index);
    total += length;
    if (own === undefined || own.length < length || total > file.length) throw damaged("a text outside its heap");
    return textOf(own.subarray(0, length)).replace(/\0+$/u, "");
  });
}

function readTextHeap(file: Uint8Array, address: number): Map<number, Uint8Array> {
  const begin = new Cursor(file, checkedPlace(file, address));
  begin.expect("GCOL");
  begin.skip(4);
  const length = begin.u64();
  const cursor = new Cursor(new Cursor(file, address).bytes(length), 16);
  const objects = new Map<number, Uint8Array>();
  while (cursor.left >= 16) {
    const index = cursor.u16();
    cursor.skip(6);
    const size = cursor.u64();
    if (index === 0) break;
    if (objects.size >= maxHeapObjects) throw damaged("a heap of too many texts");
    objects.set(index, cursor.bytes(size));
    cursor.skip(Math.min(cursor.left, (8 - (size % 8)) % 8));
  }
  return objects;
}
