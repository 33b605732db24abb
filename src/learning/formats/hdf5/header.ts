// Object headers of HDF5: the messages that say what an object is, of both versions, with their continuations.
// Source: HDF5 File Format Specification 3.0, section IV.A.

import { Cursor, damaged, nowhere, refused } from "./bytes.ts";

/** One message of a header. */
export interface HeaderMessage {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The messages that are read, by their numbers. */
export const messageTypes = {
  dataspace: 0x1,
  linkInfo: 0x2,
  datatype: 0x3,
  link: 0x6,
  externalFiles: 0x7,
  layout: 0x8,
  filters: 0xb,
  attribute: 0xc,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const maxMessages = 65_536;
const maxBlocks = 1024;

interface Block {
  readonly at: number;
  readonly length: number;
}

/** The messages of the object at an address. @throws format */
export function readHeader(file: Uint8Array, address: number): HeaderMessage[] {
  const cursor = new Cursor(file, checkedPlace(file, address));
  return file[address] === 1 ? readOld(file, cursor) : readNew(file, cursor);
}

/** A place in the file. @throws format for one outside */
export function checkedPlace(file: Uint8Array, address: number): number {
  if (address === nowhere || address >= file.length) throw damaged(`an address of ${address} in ${file.length} bytes`);
  return address;
}

function readOld(file: Uint8Array, cursor: Cursor): HeaderMessage[] {
  cursor.skip(2);
  cursor.u16();
  cursor.u32();
  const length = cursor.u32();
  cursor.skip(4);
  return readBlocks(file, { at: cursor.at, length }, (block) => {
    const messages: HeaderMessage[] = [];
    const own = new Cursor(new Cursor(file, block.at).bytes(block.length));
    while (own.left >= 8) {
      const [type, size, flags] = [own.u16(), own.u16(), own.u8()];
      own.skip(3);
      messages.push({ type, data: whole(own.bytes(size), type, flags) });
    }
    return messages;
  });
}

function readNew(file: Uint8Array, cursor: Cursor): HeaderMessage[] {
  cursor.expect("OHDR");
  if (cursor.u8() !== 2) throw damaged("an object header of an unknown version");
  const flags = cursor.u8();
  cursor.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const length = cursor.sized(flags & 3);
  const first = { at: cursor.at, length };
  return readBlocks(file, first, (block) => {
    const own = new Cursor(new Cursor(file, block.at).bytes(block.length));
    let end = own.left;
    if (block !== first) {
      own.expect("OCHK");
      end = Math.max(0, own.left - 4);
    }
    const messages: HeaderMessage[] = [];
    const headBytes = flags & 4 ? 6 : 4;
    const begin = own.at;
    while (end - (own.at - begin) >= headBytes) {
      const [type, size, messageFlags] = [own.u8(), own.u16(), own.u8()];
      own.skip(headBytes - 4);
      messages.push({ type, data: whole(own.bytes(size), type, messageFlags) });
    }
    return messages;
  });
}

/** @throws format for a message that lies elsewhere: a committed datatype */
function whole(data: Uint8Array, type: number, flags: number): Uint8Array {
  if ((flags & 2) !== 0 && type !== 0) {
    throw refused("a type is kept in a place of its own", "Save without committed datatypes.");
  }
  return data;
}

/** The messages of a first block and of those that it goes on in. */
function readBlocks(file: Uint8Array, first: Block, read: (block: Block) => HeaderMessage[]): HeaderMessage[] {
  const blocks: Block[] = [first];
  const seen = new Set<number>();
  const messages: HeaderMessage[] = [];
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    if (seen.has(block.at) || seen.size >= maxBlocks) throw damaged("an object header goes on in a circle");
    seen.add(checkedPlace(file, block.at));
    for (const message of read(block)) {
      if (message.type === messageTypes.continuation) {
        const cursor = new Cursor(message.data);
        blocks.push({ at: cursor.u64(), length: cursor.u64() });
      } else {
        messages.push(message);
      }
    }
    if (messages.length > maxMessages) throw damaged("an object header of too many messages");
  }
  return messages;
}
