// The members of an HDF5 group: names and the addresses of their objects. Links that lead elsewhere are refused.
// Source: HDF5 File Format Specification 3.0, sections III.A to III.D and IV.A.2.g.

import { Cursor, damaged, nowhere, refused, textOf } from "./bytes.ts";
import { checkedPlace, messageTypes, type HeaderMessage } from "./header.ts";

const maxDepth = 16;
const maxMembers = 262_144;

/** Names of a group's members and where their headers lie. @throws format */
export function readMembers(file: Uint8Array, messages: readonly HeaderMessage[]): Map<string, number> {
  const members = new Map<string, number>();
  for (const { type, data } of messages) {
    if (type === messageTypes.symbolTable) readSymbolTable(file, new Cursor(data), members);
    if (type === messageTypes.link) readLink(new Cursor(data), members);
    if (type === messageTypes.linkInfo) checkCompact(new Cursor(data));
  }
  return members;
}

function add(members: Map<string, number>, name: string, address: number): void {
  if (name === "" || name.includes("/") || members.has(name)) throw damaged(`a member named ${JSON.stringify(name)}`);
  if (members.size >= maxMembers) throw damaged("a group of too many members");
  members.set(name, address);
}

function linkElsewhere(): Error {
  return refused("a link leads elsewhere", "Save the data itself, without soft or external links.");
}

function readSymbolTable(file: Uint8Array, cursor: Cursor, members: Map<string, number>): void {
  const tree = cursor.u64();
  const names = readHeap(file, cursor.u64());
  walkTree(file, tree, 0, (leaf) => readSymbols(leaf, names, members));
}

/** The bytes that hold a group's names. */
function readHeap(file: Uint8Array, address: number): Uint8Array {
  const cursor = new Cursor(file, checkedPlace(file, address));
  cursor.expect("HEAP");
  cursor.skip(4);
  const length = cursor.u64();
  cursor.skip(8);
  return new Cursor(file, checkedPlace(file, cursor.u64())).bytes(length);
}

/** Calls `visit` at each table of symbols below a node. */
function walkTree(file: Uint8Array, root: number, kind: 0, visit: (leaf: Cursor) => void): void {
  const seen = new Set<number>();
  const walk = (address: number, depth: number): void => {
    if (seen.has(address) || depth > maxDepth) throw damaged("a tree of names in a circle");
    seen.add(address);
    const { level, children } = readTreeNode(file, address, kind, 8);
    for (const { address: child } of children) {
      if (level > 0) {
        walk(child, depth + 1);
        continue;
      }
      if (seen.has(child)) throw damaged("a table of names twice");
      seen.add(child);
      visit(new Cursor(file, checkedPlace(file, child)));
    }
  };
  walk(root, 0);
}

/** A node of a B-tree of version 1. */
export interface TreeNode {
  readonly level: number;
  readonly children: readonly { readonly key: Uint8Array; readonly address: number }[];
}

/** @param keyBytes length of a key */
export function readTreeNode(file: Uint8Array, address: number, kind: 0 | 1, keyBytes: number): TreeNode {
  const cursor = new Cursor(file, checkedPlace(file, address));
  cursor.expect("TREE");
  if (cursor.u8() !== kind) throw damaged("a tree of another kind");
  const level = cursor.u8();
  const count = cursor.u16();
  cursor.skip(16);
  const children = Array.from({ length: count }, () => ({ key: cursor.bytes(keyBytes), address: cursor.u64() }));
  return { level, children };
}

function readSymbols(cursor: Cursor, names: Uint8Array, members: Map<string, number>): void {
  cursor.expect("SNOD");
  cursor.skip(2);
  const count = cursor.u16();
  for (let index = 0; index < count; index += 1) {
    const [nameAt, address, cacheType] = [cursor.u64(), cursor.u64(), cursor.u32()];
    cursor.skip(20);
    if (cacheType === 2) throw linkElsewhere();
    const end = names.indexOf(0, nameAt);
    if (nameAt >= names.length || end === -1) throw damaged("a name outside its heap");
    add(members, textOf(names.subarray(nameAt, end)), address);
  }
}

function readLink(cursor: Cursor, members: Map<string, number>): void {
  if (cursor.u8() !== 1) throw damaged("a link of an unknown version");
  const flags = cursor.u8();
  const kind = flags & 8 ? cursor.u8() : 0;
  if (kind !== 0) throw linkElsewhere();
  cursor.skip((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = textOf(cursor.bytes(cursor.sized(flags & 3)));
  add(members, name, cursor.u64());
}

/** Groups of many members in the newest files keep them in a heap of another kind. */
function checkCompact(cursor: Cursor): void {
  cursor.skip(1);
  const flags = cursor.u8();
  cursor.skip(flags & 1 ? 8 : 0);
  if (cursor.u64() !== nowhere) throw newestKind();
}

/** What only libver "latest" writes. */
export function newestKind(): Error {
  return refused(
    "it is of HDF5's newest kind",
    'Save it with h5py\'s default, or h5py.File(path, "w", libver="earliest").',
  );
}
