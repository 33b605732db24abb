// A tensor in blocks of 32 numbers of few bits, as files have it: numbers and scales apart, nothing computed.

/** `q8_0`: w = scale · (byte - 128); `q4_0`: w = scale · (nibble - 8), the lower nibbles first. */
export interface QuantizedTensor {
  readonly kind: "q8_0" | "q4_0";
  /** Of the tensor; blocks run along the last axis. */
  readonly shape: readonly number[];
  /** 32 a block, or 16. */
  readonly bytes: Uint8Array;
  /** Bits of f16, one a block. */
  readonly scales: Uint16Array;
}

/** Bytes of a block behind its scale. */
const numberBytes = { q8_0: 32, q4_0: 16 } as const;

/** Takes the blocks of a file apart. @param blocks each a scale, then its numbers; q8_0 has signed ones there */
export function quantizedTensor(
  kind: QuantizedTensor["kind"],
  shape: readonly number[],
  blocks: Uint8Array,
): QuantizedTensor {
  const width = numberBytes[kind];
  const count = blocks.length / (2 + width);
  const bytes = new Uint8Array(count * width);
  const scales = new Uint16Array(count);
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  for (let block = 0; block < count; block += 1) {
    const start = block * (2 + width);
    scales[block] = view.getUint16(start, true);
    bytes.set(blocks.subarray(start + 2, start + 2 + width), block * width);
  }
  // -128 to 127 become 0 to 255.
  if (kind === "q8_0") for (let at = 0; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x80;
  return { kind, shape, bytes, scales };
}
