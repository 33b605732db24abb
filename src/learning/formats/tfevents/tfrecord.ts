// TFRecord framing: each record is its length, the length's checksum, the bytes, their checksum. Knows nothing of what the
// records hold.

import { SinterError } from "#engine/base/error.ts";
import { crc32c } from "./crc32c.ts";

const headerBytes = 12;
const footerBytes = 4;
/** Of one record: TensorBoard's own files have records of some MiB at most. */
const maxRecordBytes = 2 ** 30;

/** A record with its frame. */
export function encodeRecord(record: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + record.length + footerBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(record.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(record, headerBytes);
  view.setUint32(headerBytes + record.length, maskedChecksum(record), true);
  return bytes;
}

/**
 * The next record of a file.
 * @source TensorFlow, lib/io/record_writer.h: u64 length, u32 masked CRC-32C of it, content, u32 masked CRC-32C of that
 * @returns undefined at the end, and for a record whose end is not there yet: a writer may be at it
 * @throws format where a checksum is wrong or a length is out of reach
 */
export function readRecord(bytes: Uint8Array, start: number): Uint8Array | undefined {
  if (bytes.length - start < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  checkChecksum(bytes.subarray(start, start + 8), view.getUint32(8, true), start, "length");
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxRecordBytes)) {
    throw damaged(start, `has ${length} bytes, at most ${maxRecordBytes} are read`);
  }
  const end = headerBytes + Number(length);
  if (bytes.length - start < end + footerBytes) return undefined;
  const record = bytes.subarray(start + headerBytes, start + end);
  checkChecksum(record, view.getUint32(end, true), start, "content");
  return record;
}

/** Where the record after this one begins. */
export function afterRecord(start: number, record: Uint8Array): number {
  return start + headerBytes + record.length + footerBytes;
}

function checkChecksum(bytes: Uint8Array, stored: number, start: number, what: string): void {
  if (maskedChecksum(bytes) !== stored) throw damaged(start, `has a ${what} that does not fit its checksum`);
}

/** Rotated and added to, so that a checksum over checksums stays one. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

function damaged(start: number, what: string): SinterError {
  return new SinterError(
    "format",
    `tfevents: the record at byte ${start} ${what}. The file is damaged or is something else; write or fetch it again.`,
    { start },
  );
}
