// Zip files as an attacker writes them: each field of each record may be set to anything.

import { deflateSync } from "fflate";
import { crc32 } from "#learning/formats/crc32.ts";

/** What the records of an entry say; the honest value where left out. */
export interface ForgedEntry {
  readonly name: string | Uint8Array;
  readonly contents?: Uint8Array;
  readonly deflate?: boolean;
  /** Packed bytes as they are. */
  readonly packed?: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressed?: number;
  readonly attributes?: number;
  readonly extra?: Uint8Array;
  readonly disk?: number;
  /** Where the directory says the entry begins. */
  readonly header?: number;
  /** Only in its own header. */
  readonly local?: Partial<Omit<ForgedEntry, "local" | "contents" | "packed">> & { readonly signature?: number };
  /** Left out of the entries: only the directory has it. */
  readonly isGhost?: boolean;
}

/** The last record; the honest value where left out. */
export interface ForgedEnd {
  readonly disk?: number;
  readonly count?: number;
  readonly total?: number;
  readonly length?: number;
  readonly begin?: number;
  readonly comment?: Uint8Array;
  readonly commentLength?: number;
  /** Bytes between the entries and the directory, between it and the last record, and after all. */
  readonly before?: Uint8Array;
  readonly between?: Uint8Array;
  readonly after?: Uint8Array;
  readonly prefix?: Uint8Array;
  readonly zip64?: Readonly<
    Partial<Record<"count" | "total" | "length" | "begin" | "place" | "size" | "disk", bigint>>
  >;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function forgedArchive(entries: readonly ForgedEntry[], end: ForgedEnd = {}): Uint8Array {
  const parts: Uint8Array[] = [end.prefix ?? new Uint8Array(0)];
  let at = parts[0]?.length ?? 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    at += part.length;
  };
  const records: Uint8Array[] = [];
  for (const entry of entries) {
    const facts = factsOf(entry);
    records.push(recordOf(facts, entry.header ?? at));
    if (entry.isGhost) continue;
    const local = factsOf({ ...entry, ...entry.local });
    add(
      numbers(
        [
          entry.local?.signature ?? 0x04034b50,
          20,
          local.flags,
          local.method,
          0x210000,
          local.crc,
          local.compressed,
          local.size,
          local.name.length,
          local.extra.length,
        ],
        [4, 2, 2, 2, 4, 4, 4, 4, 2, 2],
      ),
    );
    add(local.name);
    add(local.extra);
    add(facts.packed);
  }
  add(end.before ?? new Uint8Array(0));
  const begin = at;
  for (const record of records) add(record);
  const length = at - begin;
  add(end.between ?? new Uint8Array(0));
  if (end.zip64 !== undefined) add(zip64Of(end.zip64, entries.length, length, begin, at));
  const comment = end.comment ?? new Uint8Array(0);
  const { disk = 0, count = entries.length, total = count, commentLength = comment.length } = end;
  add(
    numbers(
      [0x06054b50, disk, disk, count, total, end.length ?? length, end.begin ?? begin, commentLength],
      [4, 2, 2, 2, 2, 4, 4, 2],
    ),
  );
  add(comment);
  add(end.after ?? new Uint8Array(0));
  return Buffer.concat(parts);
}

interface Facts extends Required<Omit<ForgedEntry, "header" | "local" | "isGhost" | "contents" | "deflate" | "name">> {
  readonly name: Uint8Array;
}

function factsOf(entry: ForgedEntry): Facts {
  const contents = entry.contents ?? utf8("contents");
  const packed = entry.packed ?? (entry.deflate ? deflateSync(contents) : contents);
  return {
    name: typeof entry.name === "string" ? utf8(entry.name) : entry.name,
    packed,
    method: entry.method ?? (entry.deflate ? 8 : 0),
    flags: entry.flags ?? 0,
    crc: entry.crc ?? crc32(contents),
    size: entry.size ?? contents.length,
    compressed: entry.compressed ?? packed.length,
    attributes: entry.attributes ?? 0,
    extra: entry.extra ?? new Uint8Array(0),
    disk: entry.disk ?? 0,
  };
}

function recordOf(facts: Facts, header: number): Uint8Array {
  const fields = [
    0x02014b50,
    0x0314,
    20,
    facts.flags,
    facts.method,
    0x210000,
    facts.crc,
    facts.compressed,
    facts.size,
    facts.name.length,
    facts.extra.length,
    0,
    facts.disk,
    0,
    facts.attributes,
    header,
  ];
  return Buffer.concat([numbers(fields, [4, 2, 2, 2, 2, 4, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4]), facts.name, facts.extra]);
}

function zip64Of(
  forged: NonNullable<ForgedEnd["zip64"]>,
  count: number,
  length: number,
  begin: number,
  at: number,
): Uint8Array {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(forged.size ?? 44n, 4);
  record.writeUInt32LE(0x002d002d, 12);
  record.writeUInt32LE(Number(forged.disk ?? 0n), 16);
  record.writeBigUInt64LE(forged.count ?? BigInt(count), 24);
  record.writeBigUInt64LE(forged.total ?? forged.count ?? BigInt(count), 32);
  record.writeBigUInt64LE(forged.length ?? BigInt(length), 40);
  record.writeBigUInt64LE(forged.begin ?? BigInt(begin), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(forged.place ?? BigInt(at), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

/** Numbers of these sizes, little-endian. */
export function numbers(values: readonly number[], sizes: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const [index, value] of values.entries()) {
    const size = sizes[index] ?? 4;
    bytes.writeUIntLE(value % 2 ** (8 * size), at, size);
    at += size;
  }
  return bytes;
}

/** An extra field. */
export function extraField(id: number, contents: Uint8Array, length: number = contents.length): Uint8Array {
  return Buffer.concat([numbers([id, length], [2, 2]), contents]);
}
