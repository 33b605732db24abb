// Zip files, read and written in memory: .npz, .keras, .pt and exported projects are such. Every bound is checked before
// anything is allocated; nothing is ever written to a disk. A name is a key: what it may be, archive-names.ts says.

import { deflateSync, Inflate } from "fflate";
import { messageOf, SinterError } from "#engine/base/error.ts";
import {
  contentStart,
  type DirectoryPlace,
  type DirectoryRecord,
  findDirectory,
  headerLength,
  localBytes,
  readDirectory,
  tailBytes,
} from "./archive-directory.ts";
import { checkNames, type NameRule } from "./archive-names.ts";
import { type ByteSource, readPart } from "./byte-source.ts";
import { crc32 } from "./crc32.ts";

/** What an archive may hold at most. */
export interface ArchiveLimits {
  /** Files and folders; default 16,384. */
  readonly maxEntries?: number;
  /** Bytes of one entry when unpacked; default 16 GiB. */
  readonly maxEntryBytes?: number;
  /** Bytes of all entries when unpacked; default 64 GiB. */
  readonly maxTotalBytes?: number;
  /** How much larger than its packed bytes an entry of more than 16 MiB may be; default 200. */
  readonly maxRatio?: number;
  /** `paths` (default) are safe as files on every system; `keys` may differ by case alone, as those of .npz. */
  readonly names?: NameRule;
}

/** An entry of an archive. */
export interface ArchiveEntry {
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly isStored: boolean;
  /** Where its packed bytes lie in the file. */
  readonly begin: number;
  readonly end: number;
  /**
   * Its contents: of a stored entry a view of the archive's own bytes, else new bytes.
   * @throws format where its checksum or length is another
   */
  read(): Uint8Array;
}

/** The files of an archive by their names, in the directory's order; folders are left out. */
export type Archive = ReadonlyMap<string, ArchiveEntry>;

const defaults: Required<ArchiveLimits> = {
  maxEntries: 16_384,
  maxEntryBytes: 16 * 2 ** 30,
  maxTotalBytes: 64 * 2 ** 30,
  maxRatio: 200,
  names: "paths",
};
/** Below it an entry may have any ratio: a bias of zeros packs a thousandfold. */
const freeBytes = 16 * 2 ** 20;
const maxDirectoryBytes = 64 * 2 ** 20;
/** Of an entry's own header, with its name. */
const usualHeaderBytes = 512;
const stored = 0;
const deflated = 8;

/**
 * The files in the bytes of a zip file. Nothing is unpacked before `read()`.
 * @throws format for what is no whole, plain zip file: links, encryption, other methods than stored and deflated, names
 * that leave the folder or clash, entries that overlap or are described twice in different ways
 * @throws limit for more entries, bytes or expansion than the limits allow
 * @source APPNOTE.TXT 6.3.10, sections 4.3 to 4.5
 */
export function readArchive(bytes: Uint8Array, limits: ArchiveLimits = {}): Archive {
  const bounds = { ...defaults, ...limits };
  const place = findDirectory(bytes.subarray(Math.max(0, bytes.length - tailBytes)), bytes.length);
  const records = checkedRecords(place, (begin, end) => bytes.subarray(begin, end), bounds);
  const located = records.map((record) => {
    const start = bytes.subarray(record.header, record.header + localBytes);
    const header = bytes.subarray(record.header, record.header + headerLength(start));
    return { record, begin: contentStart(record, header) };
  });
  checkOverlap(located, place.begin);
  const files = new Map<string, ArchiveEntry>();
  for (const { record, begin } of located) {
    if (!record.name.endsWith("/")) files.set(record.name, entryOf(record, begin, bytes));
  }
  return files;
}

/** An entry of an archive that is read in parts. */
export interface ArchivePart {
  readonly name: string;
  /** As of `ArchiveEntry`, always new bytes. */
  read(): Promise<Uint8Array>;
}

/** As `readArchive`, of a file of any size: only what is asked for is read. */
export async function openArchive(
  source: ByteSource,
  limits: ArchiveLimits = {},
): Promise<ReadonlyMap<string, ArchivePart>> {
  const bounds = { ...defaults, ...limits };
  const tail = await readPart(source, Math.max(0, source.size - tailBytes), source.size);
  const place = findDirectory(tail, source.size);
  if (place.end - place.begin > maxDirectoryBytes) {
    throw beyond(`a directory of ${place.end - place.begin} bytes`, maxDirectoryBytes);
  }
  const directory = await readPart(source, place.begin, place.end);
  const records = checkedRecords(place, () => directory, bounds);
  const located: { readonly record: DirectoryRecord; readonly begin: number }[] = [];
  for (const record of records) {
    const first = await readPart(source, record.header, record.header + usualHeaderBytes);
    const length = headerLength(first);
    const whole = length <= first.length ? first : await readPart(source, record.header, record.header + length);
    located.push({ record, begin: contentStart(record, whole.subarray(0, length)) });
  }
  checkOverlap(located, place.begin);
  const files = located.filter(({ record }) => !record.name.endsWith("/"));
  return new Map(files.map(({ record, begin }) => [record.name, partOf(record, begin, source)]));
}

function partOf(record: DirectoryRecord, begin: number, source: ByteSource): ArchivePart {
  const read = async (): Promise<Uint8Array> => {
    const packed = allocate(record.name, record.compressedBytes);
    await source.readInto(begin, packed);
    return unpack(record, packed);
  };
  return { name: record.name, read };
}

/** The directory's entries, within the bounds. */
function checkedRecords(
  { begin, end, numEntries }: DirectoryPlace,
  bytesOf: (begin: number, end: number) => Uint8Array,
  bounds: Required<ArchiveLimits>,
): readonly DirectoryRecord[] {
  if (numEntries > bounds.maxEntries) throw beyond(`${numEntries} entries`, bounds.maxEntries, "maxEntries");
  const records = readDirectory(bytesOf(begin, end), numEntries);
  checkRecords(records, bounds);
  return records;
}

function entryOf(record: DirectoryRecord, begin: number, bytes: Uint8Array): ArchiveEntry {
  const end = begin + record.compressedBytes;
  return {
    name: record.name,
    bytes: record.bytes,
    isStored: record.method === stored,
    begin,
    end,
    read: () => unpack(record, bytes.subarray(begin, end)),
  };
}

/** Names, methods, sizes and ratios. */
function checkRecords(records: readonly DirectoryRecord[], bounds: Required<ArchiveLimits>): void {
  checkNames(
    records.map(({ name }) => name),
    bounds.names,
  );
  let total = 0;
  for (const { name, method, bytes, compressedBytes } of records) {
    if (method !== stored && method !== deflated) throw wrongEntry(name, `is packed by method ${method}`);
    if (method === stored && bytes !== compressedBytes) throw wrongEntry(name, "has two different sizes");
    if (name.endsWith("/") && bytes !== 0) throw wrongEntry(name, "is a folder with contents");
    if (bytes > bounds.maxEntryBytes) throw beyond(`an entry of ${bytes} bytes`, bounds.maxEntryBytes, "maxEntryBytes");
    const ratio = bytes / Math.max(1, compressedBytes);
    if (bytes > freeBytes && ratio > bounds.maxRatio) {
      throw beyond(`an entry that grows ${Math.round(ratio)}-fold`, bounds.maxRatio, "maxRatio");
    }
    // Deflate grows no more than a thousandfold and adds little to what cannot be packed.
    if (bytes > 1100 * (compressedBytes + 1) || compressedBytes > bytes * 1.1 + 1024) {
      throw wrongEntry(name, "has sizes that no packing gives");
    }
    total += bytes;
  }
  if (total > bounds.maxTotalBytes) throw beyond(`${total} bytes`, bounds.maxTotalBytes, "maxTotalBytes");
}

/** Every entry has bytes of its own, before the directory. */
function checkOverlap(located: readonly { record: DirectoryRecord; begin: number }[], directory: number): void {
  let position = 0;
  let before = "";
  for (const { record, begin } of located.toSorted((a, b) => a.record.header - b.record.header)) {
    if (record.header < position) throw wrongEntry(record.name, `overlaps ${JSON.stringify(before.slice(0, 80))}`);
    position = begin + record.compressedBytes;
    before = record.name;
    if (position > directory) throw wrongEntry(record.name, "ends beyond the entries");
  }
}

/** The contents of an entry. @throws format where length or checksum is another */
function unpack(record: DirectoryRecord, packed: Uint8Array): Uint8Array {
  const contents = record.method === stored ? packed : inflate(record, packed);
  if (contents.length !== record.bytes || crc32(contents) !== record.crc) {
    throw wrongEntry(record.name, "has other contents than its checksum says");
  }
  return contents;
}

/** Fed piece by piece, so that what grows beyond its size is stopped. */
function inflate({ name, bytes }: DirectoryRecord, packed: Uint8Array): Uint8Array {
  const contents = allocate(name, bytes);
  const pieceBytes = 65_536;
  let position = 0;
  const stream = new Inflate((piece) => {
    if (position + piece.length > bytes) throw wrongEntry(name, "is longer than it says");
    contents.set(piece, position);
    position += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += pieceBytes) {
      stream.push(packed.subarray(at, at + pieceBytes), at + pieceBytes >= packed.length);
    }
  } catch (error) {
    if (error instanceof SinterError) throw error;
    throw wrongEntry(name, `cannot be unpacked (${messageOf(error)})`);
  }
  if (position !== bytes) throw wrongEntry(name, "is shorter than it says");
  return contents;
}

function allocate(name: string, bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    const shown = JSON.stringify(name.slice(0, 80));
    throw new SinterError(
      "limit",
      `archive: entry ${shown} of ${bytes} bytes does not fit into memory. Unpack it with a zip program.`,
      { name, bytes },
      error,
    );
  }
}

export interface WriteArchiveOptions {
  /** Whether entries are deflated where that makes them smaller; default false, as .pt, .npz and .keras have them. */
  readonly compress?: boolean;
  /** Contents begin at a multiple of so many bytes; default 1. */
  readonly alignment?: number;
  /** As for reading; default `paths`. */
  readonly names?: NameRule;
}

/** 1980-01-01, 00:00: the first day that a zip file knows. */
const noDate = 0x0021_0000;
const unixFile = 0o100644;
const maxWritten = 0xfffffffe;

interface Written {
  readonly name: Uint8Array;
  readonly packed: Uint8Array;
  readonly size: number;
  readonly method: number;
  readonly crc: number;
}

/**
 * The bytes of a zip file: entries in the order given, no dates, so that equal contents give equal bytes.
 * @throws format for names that `readArchive` would refuse
 * @throws limit beyond 4 GiB or 65,534 entries
 */
export function writeArchive(
  entries: Iterable<readonly [name: string, contents: Uint8Array]>,
  { compress = false, alignment = 1, names = "paths" }: WriteArchiveOptions = {},
): Uint8Array<ArrayBuffer> {
  const list = [...entries];
  checkNames(
    list.map(([name]) => name),
    names,
  );
  if (list.length > 0xfffe) throw beyond(`${list.length} entries`, 0xfffe);
  const written = list.map(([name, contents]) => packEntry(name, contents, compress));
  let size = 0;
  const places = written.map((entry) => {
    const header = size;
    const padding = paddingOf(header + localBytes + entry.name.length, alignment);
    size += localBytes + entry.name.length + padding + entry.packed.length;
    return { entry, header, padding };
  });
  const total = written.reduce((sum, { name }) => sum + 46 + name.length, size + 22);
  if (total > maxWritten) throw beyond(`${total} bytes`, maxWritten);
  const bytes = new Uint8Array(total);
  for (const { entry, header, padding } of places) {
    writeHeader(bytes, header, entry, padding);
    bytes.set(entry.packed, header + localBytes + entry.name.length + padding);
  }
  let at = size;
  for (const { entry, header } of places) at = writeRecord(bytes, at, entry, header);
  fill(bytes, at, [0x06054b50, 0, list.length * 0x10001, at - size, size], [4, 4, 4, 4, 4]);
  return bytes;
}

/** Bytes of an extra field that moves contents to a multiple of `alignment`; a field has at least 4. */
function paddingOf(begin: number, alignment: number): number {
  const missing = (alignment - (begin % alignment)) % alignment;
  return missing === 0 || missing >= 4 ? missing : missing + alignment * Math.ceil((4 - missing) / alignment);
}

function packEntry(name: string, contents: Uint8Array, compress: boolean): Written {
  const deflatedBytes = compress ? deflateSync(contents) : contents;
  const isSmaller = deflatedBytes.length < contents.length;
  return {
    name: new TextEncoder().encode(name),
    packed: isSmaller ? deflatedBytes : contents,
    size: contents.length,
    method: isSmaller ? deflated : stored,
    crc: crc32(contents),
  };
}

/** What both records of an entry share, version to the length of its name. */
function sharedFields({ name, packed, size, method, crc }: Written): readonly number[] {
  const flags = name.some((byte) => byte > 127) ? 0x800 : 0;
  return [20, flags, method, noDate, crc, packed.length, size, name.length];
}

const sharedSizes = [2, 2, 2, 4, 4, 4, 4, 2];

function writeHeader(bytes: Uint8Array, at: number, entry: Written, padding: number): void {
  const fields = [0x04034b50, ...sharedFields(entry), padding];
  const end = fill(bytes, at, fields, [4, ...sharedSizes, 2]);
  bytes.set(entry.name, end);
  // The number of a field that every reader passes over; zip programs use it for alignment.
  if (padding > 0) fill(bytes, end + entry.name.length, [0xd935, padding - 4], [2, 2]);
}

function writeRecord(bytes: Uint8Array, at: number, entry: Written, header: number): number {
  const fields = [0x02014b50, (3 << 8) | 20, ...sharedFields(entry), 0, 0, 0, 0, unixFile * 0x10000, header];
  const end = fill(bytes, at, fields, [4, 2, ...sharedSizes, 2, 2, 2, 2, 4, 4]);
  bytes.set(entry.name, end);
  return end + entry.name.length;
}

/** Writes numbers of these sizes, little-endian; gives the place after them. */
function fill(bytes: Uint8Array, at: number, values: readonly number[], sizes: readonly number[]): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let place = at;
  for (const [index, value] of values.entries()) {
    if (sizes[index] === 2) view.setUint16(place, value, true);
    else view.setUint32(place, value, true);
    place += sizes[index] ?? 0;
  }
  return place;
}

function wrongEntry(name: string, what: string): SinterError {
  const shown = JSON.stringify(name.slice(0, 80));
  return new SinterError("format", `archive: entry ${shown} ${what}. Fetch the archive or make it again.`, { name });
}

function beyond(what: string, bound: number, option?: string): SinterError {
  const out = option === undefined ? "Write less into one file." : `If you trust the file, raise ${option}.`;
  return new SinterError("limit", `archive: ${what}, at most ${bound} are read or written. ${out}`, { bound });
}
