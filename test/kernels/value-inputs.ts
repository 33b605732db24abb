// What the tests of the kernel language compute with, and where it lies.
/** Bytes of memory that a kernel of these tests sees, and where its buffers and its scratch begin. */
export const memoryBytes: number = 1 << 18;
export const place = (index: number): number => index * 32768;
export const scratchAt: number = place(6);

const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.4e38,
  -3.4e38,
  1e-40,
  Infinity,
  -Infinity,
  Number.NaN,
  2 ** 31,
  -(2 ** 31),
  1e10,
  0.1,
  -7.75,
  65504,
  65519.9,
  65520,
  2 ** -14,
  2 ** -24,
  2 ** -25,
  3 * 2 ** -26,
  1.0009765625,
  1.00146484375,
  0.3333333,
  42,
  123456.789,
];
const integers = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  7,
  -7,
  31,
  32,
  127,
  128,
  255,
  256,
  -128,
  -129,
  65535,
  65536,
  2 ** 31 - 1,
  -(2 ** 31),
  1e9,
  -1e9,
  12345,
  -98765,
  5,
  6,
  10,
  100,
  1000,
  -1000,
  0x55555555,
  -0x33333333,
];
/** Numbers of each kind. */
export const count: number = floats.length;

/** Buffers: floats, the same shifted, integers, the same shifted. */
export function fillInputs(memory: ArrayBuffer): void {
  for (const [index, value] of floats.entries()) {
    new Float32Array(memory, place(0))[index] = value;
    // Each meets each: the second operand lies `count` times, one place on each time.
    for (let shift = 0; shift < count; shift += 1) {
      new Float32Array(memory, place(1))[shift * count + index] = floats[(index + shift) % count]!;
      new Int32Array(memory, place(3))[shift * count + index] = integers[(index + shift) % count]!;
    }
  }
  new Int32Array(memory, place(2)).set(integers);
}
