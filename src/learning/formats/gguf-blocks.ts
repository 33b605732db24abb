// The block formats of GGUF, from bytes to float32. A block has its own scale; the K kinds have scales of scales.

import { decodeF16 } from "#engine/base/half.ts";

/** How a kind of block is read. */
export interface BlockFormat {
  readonly name: string;
  /** Values a block. */
  readonly values: number;
  readonly bytes: number;
  /** Writes the values of the block at `at` from place `to` on. */
  read(view: DataView, at: number, into: Float32Array, to: number): void;
}

const half = (view: DataView, at: number): number => decodeF16(view.getUint16(at, true));

/** 32 values of 4 or 5 bits: a scale, a least value or the middle as zero, upper bits, lower bits. */
function plainBlocks(name: string, hasLeast: boolean, hasFifth: boolean): BlockFormat {
  const bitsAt = hasLeast ? 4 : 2;
  const lowAt = bitsAt + (hasFifth ? 4 : 0);
  const middle = hasLeast ? 0 : hasFifth ? 16 : 8;
  return {
    name,
    values: 32,
    bytes: lowAt + 16,
    read: (view, at, into, to) => {
      const scale = half(view, at);
      const least = hasLeast ? half(view, at + 2) : 0;
      const fifths = hasFifth ? view.getUint32(at + bitsAt, true) : 0;
      for (let index = 0; index < 16; index += 1) {
        const byte = view.getUint8(at + lowAt + index);
        const low = (byte & 15) | (((fifths >>> index) & 1) << 4);
        const high = (byte >> 4) | (((fifths >>> (index + 16)) & 1) << 4);
        into[to + index] = scale * (low - middle) + least;
        into[to + index + 16] = scale * (high - middle) + least;
      }
    },
  };
}

const q8: BlockFormat = {
  name: "Q8_0",
  values: 32,
  bytes: 34,
  read: (view, at, into, to) => {
    const scale = half(view, at);
    for (let index = 0; index < 32; index += 1) into[to + index] = scale * view.getInt8(at + 2 + index);
  },
};

/** Of 8 groups the scale and the least value, 6 bits each, in 12 bytes. */
function scaleAndLeast(view: DataView, at: number, group: number): readonly [number, number] {
  const byte = (index: number): number => view.getUint8(at + index);
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  const both = byte(group + 4);
  return [(both & 15) | ((byte(group - 4) >> 6) << 4), (both >> 4) | ((byte(group) >> 6) << 4)];
}

/** 256 values of 4 or 5 bits in 8 groups. */
function groupedBlocks(name: string, hasFifth: boolean): BlockFormat {
  const lowAt = 16 + (hasFifth ? 32 : 0);
  return {
    name,
    values: 256,
    bytes: lowAt + 128,
    read: (view, at, into, to) => {
      const [scale, leastScale] = [half(view, at), half(view, at + 2)];
      for (let group = 0; group < 8; group += 1) {
        const [ownScale, ownLeast] = scaleAndLeast(view, at + 4, group);
        const [step, least] = [Math.fround(scale * ownScale), Math.fround(leastScale * ownLeast)];
        const from = at + lowAt + (group >> 1) * 32;
        for (let index = 0; index < 32; index += 1) {
          const low = (view.getUint8(from + index) >> ((group & 1) * 4)) & 15;
          const fifth = hasFifth ? ((view.getUint8(at + 16 + index) >> group) & 1) << 4 : 0;
          into[to + group * 32 + index] = Math.fround(step * (low | fifth)) - least;
        }
      }
    },
  };
}

/** 256 values of 6 bits in 16 groups: lower four bits, upper two, scales, the scale of scales. */
const q6: BlockFormat = {
  name: "Q6_K",
  values: 256,
  bytes: 210,
  read: (view, at, into, to) => {
    const scale = half(view, at + 208);
    for (let index = 0; index < 256; index += 1) {
      const [side, part, column] = [index >> 7, (index >> 5) & 3, index & 31];
      const low = (view.getUint8(at + side * 64 + (part & 1) * 32 + column) >> ((part >> 1) * 4)) & 15;
      const high = (view.getUint8(at + 128 + side * 32 + column) >> (part * 2)) & 3;
      const step = Math.fround(scale * view.getInt8(at + 192 + (index >> 4)));
      into[to + index] = step * ((low | (high << 4)) - 32);
    }
  },
};

/** By their numbers in a file. */
export const blockFormats: ReadonlyMap<number, BlockFormat> = new Map([
  [2, plainBlocks("Q4_0", false, false)],
  [3, plainBlocks("Q4_1", true, false)],
  [6, plainBlocks("Q5_0", false, true)],
  [7, plainBlocks("Q5_1", true, true)],
  [8, q8],
  [12, groupedBlocks("Q4_K", false)],
  [13, groupedBlocks("Q5_K", true)],
  [14, q6],
]);
