// CRC-32 as zip, gzip and PNG have it (reflected, polynomial 0xedb88320), eight bytes a step.

/** Eight tables of 256, one after the other: table t gives a byte's part of the sum when t bytes follow it. */
let table: Int32Array | undefined;

function makeTable(): Int32Array {
  const sums = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ ((sum & 1) * 0xedb88320);
    sums[byte] = sum;
  }
  for (let index = 256; index < sums.length; index += 1) {
    const before = sums[index - 256] ?? 0;
    sums[index] = (before >>> 8) ^ (sums[before & 255] ?? 0);
  }
  return sums;
}

/** The sum of bytes, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  table ??= makeTable();
  const sums = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = -1;
  let at = 0;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    const low = view.getInt32(at, true) ^ sum;
    const high = view.getInt32(at + 4, true);
    sum =
      (sums[1792 + (low & 255)] ?? 0) ^
      (sums[1536 + ((low >>> 8) & 255)] ?? 0) ^
      (sums[1280 + ((low >>> 16) & 255)] ?? 0) ^
      (sums[1024 + (low >>> 24)] ?? 0) ^
      (sums[768 + (high & 255)] ?? 0) ^
      (sums[512 + ((high >>> 8) & 255)] ?? 0) ^
      (sums[256 + ((high >>> 16) & 255)] ?? 0) ^
      (sums[high >>> 24] ?? 0);
  }
  for (; at < bytes.length; at += 1) sum = (sum >>> 8) ^ (sums[(sum ^ view.getUint8(at)) & 255] ?? 0);
  return ~sum >>> 0;
}
