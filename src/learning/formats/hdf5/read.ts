// Reads HDF5 files as h5py writes them: groups, data sets, attributes. Bytes only; nothing is executed, no other file opened.
// Why not h5wasm: docs/decisions/0011-hdf5.md.
// Source: HDF5 File Format Specification 3.0.

import type { HostArray } from "#engine/base/dtype.ts";
import { Cursor, damaged, nowhere } from "./bytes.ts";
import { datasetType, datasetValues, readAttribute, type ValueType } from "./dataset.ts";
import type { ElementType } from "./datatype.ts";
import { messageTypes, readHeader, type HeaderMessage } from "./header.ts";
import { newestKind, readMembers } from "./links.ts";

/** Values of a data set or an attribute. */
export type Hdf5Values =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | {
      readonly kind: "numbers";
      readonly shape: readonly number[];
      readonly type: ElementType;
      /** f16 as its bits. */
      readonly data: HostArray;
    };

/** Values that are read when asked for. */
export interface Hdf5Dataset {
  readonly kind: "dataset";
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly attributes: Hdf5Attributes;
  /** @throws format where the file does not hold them */
  read(): Hdf5Values;
}

export interface Hdf5Group {
  readonly kind: "group";
  readonly attributes: Hdf5Attributes;
  readonly members: ReadonlyMap<string, Hdf5Group | Hdf5Dataset>;
}

/** Attributes by name. */
export type Hdf5Attributes = ReadonlyMap<string, () => Hdf5Values>;

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const maxDepth = 64;
const maxObjects = 262_144;

/** Whether bytes begin as an HDF5 file does. */
export function looksLikeHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, place) => bytes[place] === byte);
}

/**
 * The root group of a file, with all that is below it; values are read later, and only once.
 * @throws format for what is damaged, for links and values that lie elsewhere, for types and filters that are not read
 */
export function readHdf5(bytes: Uint8Array): Hdf5Group {
  if (!looksLikeHdf5(bytes)) throw damaged("it does not begin as one");
  const root = new Walk(bytes).object(rootAddress(bytes), 0);
  if (root.kind !== "group") throw damaged("its root is no group");
  return root;
}

function rootAddress(bytes: Uint8Array): number {
  const cursor = new Cursor(bytes, signature.length);
  const version = cursor.u8();
  if (version > 3) throw newestKind();
  if (version >= 2) {
    checkWidths(cursor.u8(), cursor.u8());
    cursor.skip(1);
    checkBase(cursor.u64());
    cursor.skip(16);
    return cursor.u64();
  }
  cursor.skip(4);
  checkWidths(cursor.u8(), cursor.u8());
  cursor.skip(9 + (version === 1 ? 4 : 0));
  checkBase(cursor.u64());
  cursor.skip(24 + 8);
  return cursor.u64();
}

function checkWidths(offsets: number, lengths: number): void {
  if (offsets !== 8 || lengths !== 8) throw damaged(`addresses of ${offsets} bytes`);
}

function checkBase(base: number): void {
  if (base !== 0) throw damaged(`a base address of ${base}`);
}

/** The objects of a file, each met once. */
class Walk {
  readonly #file: Uint8Array;
  readonly #seen = new Set<number>();
  #bytesRead = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  object(address: number, depth: number): Hdf5Group | Hdf5Dataset {
    if (this.#seen.has(address)) throw damaged("two names of one object");
    if (depth > maxDepth || this.#seen.size >= maxObjects) throw damaged("too many objects, or too deep");
    this.#seen.add(address);
    const messages = readHeader(this.#file, address);
    const attributes = this.#attributes(messages);
    const type = datasetType(messages);
    if (type === undefined) return this.#group(messages, attributes, depth);
    return {
      kind: "dataset",
      shape: type.shape,
      type: type.type,
      attributes,
      read: () => this.#values(messages, type),
    };
  }

  #group(messages: readonly HeaderMessage[], attributes: Hdf5Attributes, depth: number): Hdf5Group {
    const members = new Map<string, Hdf5Group | Hdf5Dataset>();
    for (const [name, address] of readMembers(this.#file, messages)) {
      members.set(name, this.object(address, depth + 1));
    }
    return { kind: "group", attributes, members };
  }

  #attributes(messages: readonly HeaderMessage[]): Hdf5Attributes {
    const found = new Map<string, () => Hdf5Values>();
    for (const { type, data } of messages) {
      if (type === messageTypes.attributeInfo) checkCompactAttributes(new Cursor(data));
      if (type !== messageTypes.attribute) continue;
      const { name, values } = readAttribute(this.#file, data);
      if (found.has(name)) throw damaged(`two attributes ${JSON.stringify(name)}`);
      found.set(name, values);
    }
    return found;
  }

  /** Data sets that share bytes could give more than the file holds. */
  #values(messages: readonly HeaderMessage[], type: ValueType): Hdf5Values {
    const values = datasetValues(this.#file, messages, type);
    if (values.kind === "numbers") this.#bytesRead += values.data.byteLength;
    const isPacked = messages.some((message) => message.type === messageTypes.filters);
    if (!isPacked && this.#bytesRead > 2 * this.#file.length) throw damaged("data sets that share their bytes");
    return values;
  }
}

function checkCompactAttributes(cursor: Cursor): void {
  cursor.skip(1);
  const flags = cursor.u8();
  cursor.skip(flags & 1 ? 2 : 0);
  if (cursor.u64() !== nowhere) throw newestKind();
}
