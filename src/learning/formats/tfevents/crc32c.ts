// CRC-32C (Castagnoli), as TFRecord files use it.

const polynomial = 0x82f63b78;
let table: Uint32Array | undefined;

/** The checksum of bytes, unsigned. @source RFC 3720, appendix B.4 (test vectors) */
export function crc32c(bytes: Uint8Array): number {
  table ??= makeTable();
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  return (remainder ^ 0xffffffff) >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
    }
    return remainder;
  });
}
