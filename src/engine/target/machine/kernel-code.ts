// What a kernel becomes.

export interface KernelCode {
  /** To be placed at a multiple of 64 bytes; the entry is the first byte. */
  readonly code: Uint8Array<ArrayBuffer>;
  /** Bytes of instructions; constants follow. */
  readonly instructionBytes: number;
  /** Bytes of stack that a call takes at most. */
  readonly stackBytes: number;
}
