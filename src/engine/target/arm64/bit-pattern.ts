// Immediates of logical instructions: runs of ones, rotated, repeated.
// Arm Architecture Reference Manual, DecodeBitMasks.

/** The 13 bits N, immr, imms of a 32-bit pattern; undefined where there are none. */
export function bitPattern(value: number): number | undefined {
  const word = value >>> 0;
  if (word === 0 || word === 0xffffffff) return undefined;
  let size = 32;
  while (size > 2 && isRepeated(word, size / 2)) size /= 2;
  const element = size === 32 ? word : word & (2 ** size - 1);
  for (let turn = 0; turn < size; turn += 1) {
    const turned = rotateLeft(element, turn, size);
    const ones = trailingOnes(turned);
    if (turned === 2 ** ones - 1) {
      // The size is told by the ones before it: 0xxxxx is 32 bits, 10xxxx 16, 110xxx 8.
      const imms = ((~(size * 2 - 1) & 0x3f) | (ones - 1)) & 0x3f;
      return (turn << 6) | imms;
    }
  }
  return undefined;
}

function isRepeated(word: number, size: number): boolean {
  return rotateLeft(word, size, 32) === word;
}

function rotateLeft(element: number, count: number, size: number): number {
  if (count === 0) return element;
  const high = (element * 2 ** count) % 2 ** size;
  return high + Math.floor(element / 2 ** (size - count));
}

function trailingOnes(element: number): number {
  let count = 0;
  while (Math.floor(element / 2 ** count) % 2 === 1) count += 1;
  return count;
}
