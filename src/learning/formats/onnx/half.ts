// Floats of 16 bits and the numbers they stand for, on the host.

/** Numbers of f16 bits. */
export function fromF16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (word) => {
    const sign = word >= 0x8000 ? -1 : 1;
    const exponent = (word >> 10) & 31;
    const fraction = word & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** Numbers of bf16 bits: the upper halves of f32's. */
export function fromBf16(bits: Uint16Array): Float32Array {
  const words = Uint32Array.from(bits, (word) => word * 65536);
  return new Float32Array(words.buffer);
}

/** The f16 nearest to a number, halves to even. */
export function roundF16(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const magnitude = Math.abs(x);
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const step = 2 ** (exponent - 10);
  const rounded = roundHalfEven(magnitude / step) * step;
  return Math.sign(x) * (rounded >= 65520 ? Number.POSITIVE_INFINITY : rounded);
}

const word = new DataView(new ArrayBuffer(4));

/** The bf16 nearest to a number, halves to even. */
export function roundBf16(x: number): number {
  if (!Number.isFinite(x)) return x;
  word.setFloat32(0, x);
  const bits = word.getUint32(0);
  const upper =
    (bits >>> 16) + ((bits & 0xffff) > 0x8000 || ((bits & 0xffff) === 0x8000 && (bits >>> 16) % 2 === 1) ? 1 : 0);
  word.setUint32(0, (upper << 16) >>> 0);
  return word.getFloat32(0);
}

/** The nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  if (rest > 0.5) return below + 1;
  return below % 2 === 0 ? below : below + 1;
}
