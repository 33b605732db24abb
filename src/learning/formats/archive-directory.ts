// The records of a zip file: where its directory lies, what its entries are, whether each entry's own header agrees. Reads
// records only; never the contents.

import { SinterError } from "#engine/base/error.ts";

/** Where the directory lies in the file. */
export interface DirectoryPlace {
  readonly begin: number;
  readonly end: number;
  readonly numEntries: number;
}

/** An entry as the directory has it. */
export interface DirectoryRecord {
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where its own header begins. */
  readonly header: number;
}

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
};
const endBytes = 22;
const locatorBytes = 20;
const end64Bytes = 56;
const centralBytes = 46;
/** Of an entry's own header, before its name. */
export const localBytes = 30;
/** How much of a file's end holds the last records, at most. */
export const tailBytes: number = endBytes + 0xffff + locatorBytes + end64Bytes;
/** An encrypted entry, a patch, strong encryption, hidden headers. */
const refusedFlags = 0x1 | 0x20 | 0x40 | 0x2000;
const hasDescriptor = 0x8;

/** Whether bytes begin as a zip file does: an entry, or the end of an empty one. */
export function looksLikeArchive(bytes: Uint8Array): boolean {
  const [p, k, kind, next] = bytes;
  return p === 0x50 && k === 0x4b && ((kind === 3 && next === 4) || (kind === 5 && next === 6));
}

/**
 * Where the directory lies, from the last bytes of a file.
 * @param tail the file's last `tailBytes`, or all of it
 * @param size of the whole file, in bytes
 * @throws format where there is none, or it is in several parts
 */
export function findDirectory(tail: Uint8Array, size: number): DirectoryPlace {
  const view = viewOf(tail);
  const at = findEnd(view);
  const start = size - tail.length;
  const disks = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const counts = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const length = view.getUint32(at + 12, true);
  const begin = view.getUint32(at + 16, true);
  const wide = findEnd64(view, at, start);
  if (wide === undefined) {
    if (disks.some((disk) => disk !== 0) || counts[0] !== counts[1]) throw damaged("it is in several parts");
    return checkedPlace({ begin, end: begin + length, numEntries: counts[0] ?? 0 }, start + at);
  }
  const agree =
    [0, 0xffff].includes(disks[0] ?? 0) &&
    [wide.numEntries, 0xffff].includes(counts[1] ?? 0) &&
    [wide.end - wide.begin, 0xffffffff].includes(length) &&
    [wide.begin, 0xffffffff].includes(begin);
  if (!agree) throw damaged("its two last records disagree");
  return wide;
}

function checkedPlace(place: DirectoryPlace, next: number): DirectoryPlace {
  if (place.end !== next) throw damaged("its directory does not end where its last record begins");
  if (place.numEntries * centralBytes > place.end - place.begin) {
    throw damaged(`${place.numEntries} entries in a directory of ${place.end - place.begin} bytes`);
  }
  return place;
}

/** The last record: a comment of the length that it gives fills the rest of the file. */
function findEnd(view: DataView): number {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (view.getUint32(at, true) !== signatures.end) continue;
    if (view.getUint16(at + 20, true) === last - at) return at;
  }
  throw damaged("its directory is missing");
}

/** The record of large files, where the file has one. */
function findEnd64(view: DataView, end: number, start: number): DirectoryPlace | undefined {
  const locator = end - locatorBytes;
  if (locator < 0 || view.getUint32(locator, true) !== signatures.locator64) return undefined;
  const at = safe(view.getBigUint64(locator + 8, true)) - start;
  const isThere = at >= 0 && at + end64Bytes <= locator && view.getUint32(at, true) === signatures.end64;
  if (!isThere || at + 12 + safe(view.getBigUint64(at + 4, true)) !== locator)
    throw damaged("its zip64 record is missing");
  const numEntries = safe(view.getBigUint64(at + 32, true));
  const parts = [view.getUint32(locator + 4, true), view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
  if (parts.some((part) => part !== 0) || safe(view.getBigUint64(at + 24, true)) !== numEntries) {
    throw damaged("it is in several parts");
  }
  const begin = safe(view.getBigUint64(at + 48, true));
  return checkedPlace({ begin, end: begin + safe(view.getBigUint64(at + 40, true)), numEntries }, start + at);
}

/**
 * The entries of a directory.
 * @param bytes the directory's alone
 * @throws format for anything but exactly `numEntries` whole records of plain files and folders
 */
export function readDirectory(bytes: Uint8Array, numEntries: number): readonly DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  let at = 0;
  for (let index = 0; index < numEntries; index += 1) {
    const { record, next } = readRecord(bytes, at);
    records.push(record);
    at = next;
  }
  if (at !== bytes.length) throw damaged("its directory has bytes of no entry");
  return records;
}

function readRecord(bytes: Uint8Array, at: number): { readonly record: DirectoryRecord; readonly next: number } {
  const view = viewOf(bytes);
  if (at + centralBytes > bytes.length || view.getUint32(at, true) !== signatures.central) {
    throw damaged("an entry of its directory is missing");
  }
  const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((place) =>
    view.getUint16(at + place, true),
  );
  const extraBegin = at + centralBytes + nameLength;
  const next = extraBegin + extraLength + commentLength;
  if (next > bytes.length) throw damaged("an entry of its directory is cut off");
  const rawName = bytes.subarray(at + centralBytes, extraBegin);
  const name = decodeName(rawName);
  const flags = view.getUint16(at + 8, true);
  checkKind(name, flags, view.getUint32(at + 38, true));
  const extra = readExtra(bytes.subarray(extraBegin, extraBegin + extraLength), name);
  checkOtherName(extra.get(0x7075), rawName, name);
  const narrow = [24, 20, 42].map((place) => view.getUint32(at + place, true));
  const [size = 0, compressedBytes = 0, header = 0] = widen(narrow, extra.get(1), name);
  if (![0, 0xffff].includes(view.getUint16(at + 34, true))) throw damaged("it is in several parts");
  const record = {
    name,
    rawName,
    flags,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    compressedBytes,
    bytes: size,
    header,
  };
  return { record, next };
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged("a name is no UTF-8");
  }
}

/** Plain files and folders only. */
function checkKind(name: string, flags: number, attributes: number): void {
  if ((flags & refusedFlags) !== 0) throw refusedEntry(name, "is encrypted or a patch");
  const unixKind = (attributes >>> 28) & 0xf;
  const isPlain = unixKind === 0 || unixKind === 8 || unixKind === 4;
  if (!isPlain || (attributes & 0x400) !== 0) throw refusedEntry(name, "is a link or a device");
}

/** Extra fields by their number; a second one of a number is refused, since readers differ in which they take. */
function readExtra(bytes: Uint8Array, name: string): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(bytes);
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const id = view.getUint16(at, true);
    const end = at + 4 + view.getUint16(at + 2, true);
    if (end > bytes.length) throw refusedEntry(name, "has an extra field that is cut off");
    if (fields.has(id) && (id === 1 || id === 0x7075)) throw refusedEntry(name, "has an extra field twice");
    fields.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** A field that gives another name than the record has fools readers that take it. */
function checkOtherName(field: Uint8Array | undefined, rawName: Uint8Array, name: string): void {
  if (field !== undefined && !isEqual(field.subarray(5), rawName)) throw refusedEntry(name, "has a second name");
}

/** Numbers of 32 bits, each from the wide field where it is full. */
function widen(narrow: readonly number[], field: Uint8Array | undefined, name: string): readonly number[] {
  let at = 0;
  return narrow.map((value) => {
    if (value !== 0xffffffff) return value;
    if (field === undefined || at + 8 > field.length) throw refusedEntry(name, "lacks its zip64 field");
    at += 8;
    return safe(viewOf(field).getBigUint64(at - 8, true));
  });
}

/**
 * Where the contents of an entry begin.
 * @param header the entry's own header with its name and extra field
 * @throws format where it disagrees with the directory
 */
export function contentStart(record: DirectoryRecord, header: Uint8Array): number {
  const { name } = record;
  const view = viewOf(header);
  if (header.length < localBytes || view.getUint32(0, true) !== signatures.local) {
    throw refusedEntry(name, "has no header of its own");
  }
  const [nameLength, extraLength] = [view.getUint16(26, true), view.getUint16(28, true)];
  const nameEnd = localBytes + nameLength;
  if (nameEnd + extraLength > header.length) throw refusedEntry(name, "has a header that is cut off");
  const extra = readExtra(header.subarray(nameEnd, nameEnd + extraLength), name);
  const flags = view.getUint16(6, true);
  const [size = 0, compressedBytes = 0] = widenLocal(
    [view.getUint32(22, true), view.getUint32(18, true)],
    extra.get(1),
  );
  const isLater = (flags & hasDescriptor) !== 0;
  const matches = (own: number, listed: number): boolean =>
    own === listed || (isLater && (own === 0 || own === 0xffffffff));
  const agrees =
    isEqual(header.subarray(localBytes, nameEnd), record.rawName) &&
    flags === record.flags &&
    view.getUint16(8, true) === record.method &&
    matches(view.getUint32(14, true), record.crc) &&
    matches(size, record.bytes) &&
    matches(compressedBytes, record.compressedBytes);
  if (!agrees) throw refusedEntry(name, "is described otherwise by its own header than by the directory");
  checkOtherName(extra.get(0x7075), record.rawName, name);
  return record.header + nameEnd + extraLength;
}

/** How long an entry's own header is, from its first `localBytes`. */
export function headerLength(start: Uint8Array): number {
  if (start.length < localBytes) return localBytes;
  const view = viewOf(start);
  return localBytes + view.getUint16(26, true) + view.getUint16(28, true);
}

/** As `widen`, but a field that is not there changes nothing: sizes may follow the contents. */
function widenLocal(narrow: readonly number[], field: Uint8Array | undefined): readonly number[] {
  let at = 0;
  return narrow.map((value) => {
    if (value !== 0xffffffff || field === undefined || at + 8 > field.length) return value;
    at += 8;
    return safe(viewOf(field).getBigUint64(at - 8, true));
  });
}

function isEqual(x: Uint8Array, y: Uint8Array): boolean {
  return x.length === y.length && x.every((byte, index) => byte === y[index]);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A count of 64 bits; what no array could hold becomes infinity, which every bound refuses. */
function safe(value: bigint): number {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
}

function refusedEntry(name: string, what: string): SinterError {
  const shown = JSON.stringify(name.slice(0, 80));
  return new SinterError(
    "format",
    `archive: entry ${shown} ${what}. Make the archive again with a plain zip program.`,
    {
      name,
    },
  );
}

function damaged(what: string): SinterError {
  return new SinterError("format", `archive: ${what}. The file is damaged or is no zip; fetch or save it again.`);
}
