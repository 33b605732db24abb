// Philox 4x32-10, the counter-based generator that every target implements with equal bits.
// Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 3.3 and table 2.

export const philoxMultipliers = [0xd2511f53, 0xcd9e8d57] as const;
export const philoxWeyl = [0x9e3779b9, 0xbb67ae85] as const;
export const philoxRounds = 10;

type Words = readonly [number, number, number, number];

/** Four 32-bit words (as signed integers) for a counter of four words and a key of two. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < philoxRounds; round += 1) {
    const high0 = multiplyHigh(philoxMultipliers[0], c0);
    const low0 = Math.imul(philoxMultipliers[0], c0);
    const high1 = multiplyHigh(philoxMultipliers[1], c2);
    const low1 = Math.imul(philoxMultipliers[1], c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + philoxWeyl[0]) | 0;
    k1 = (k1 + philoxWeyl[1]) | 0;
  }
  return [c0 | 0, c1 | 0, c2 | 0, c3 | 0];
}

/**
 * The word that element `index` of a random tensor holds: counter (index >> 2, stream, domain, 0), word index & 3.
 * `domain` keeps drawn numbers (0) apart from derived keys (1).
 */
export function philoxWord(key: readonly [number, number], stream: number, domain: number, index: number): number {
  const words = philox([index >>> 2, stream, domain, 0], key);
  return words[index & 3] ?? 0;
}

function multiplyHigh(left: number, right: number): number {
  const a = left >>> 0;
  const b = right >>> 0;
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middleLow = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(middleLow / 65536)) | 0;
}
