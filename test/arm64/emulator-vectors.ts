// What the emulator's instructions on vector registers do, by their words without register numbers.
import { fusedMultiplyAdd } from "../kernels/arrays.ts";
import { decodeF16, encodeF16, roundHalfEven } from "#engine/base/half.ts";
import type { Emulator } from "./emulator.ts";

/** 32-bit patterns of the four lanes. */
export type Lanes = Uint32Array;
type Map2 = (x: number, y: number) => number;
type Map1 = (x: number) => number;

const view = new DataView(new ArrayBuffer(4));

function floatOf(bits: number): number {
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function bitsOf(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

const onFloats =
  (map: Map2): Map2 =>
  (x, y) =>
    bitsOf(Math.fround(map(floatOf(x), floatOf(y))));
const comparing =
  (holds: (x: number, y: number) => boolean): Map2 =>
  (x, y) =>
    holds(floatOf(x), floatOf(y)) ? -1 : 0;
const ordered =
  (map: Map2): Map2 =>
  (x, y) =>
    map(x | 0, y | 0);
const rounded =
  (map: Map1): Map1 =>
  (x) =>
    bitsOf(map(floatOf(x)));
const saturated: Map1 = (x) => {
  const value = floatOf(x);
  return Number.isNaN(value) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value)));
};
const nearest: Map1 = (value) => {
  const result = Number.isFinite(value) ? roundHalfEven(value) : value;
  return result === 0 && (value < 0 || Object.is(value, -0)) ? -0 : result;
};

/** By the word with registers cleared: four lanes from four lanes of each. */
const threeSame = new Map<number, Map2>([
  [0x4e20d400, onFloats((x, y) => x + y)],
  [0x4ea0d400, onFloats((x, y) => x - y)],
  [0x6e20dc00, onFloats((x, y) => x * y)],
  [0x6e20fc00, onFloats((x, y) => x / y)],
  [0x4e20f400, onFloats(Math.max)],
  [0x4ea0f400, onFloats(Math.min)],
  [0x4e20e400, comparing((x, y) => x === y)],
  [0x6e20e400, comparing((x, y) => x >= y)],
  [0x6ea0e400, comparing((x, y) => x > y)],
  [0x4ea08400, (x, y) => x + y],
  [0x6ea08400, (x, y) => x - y],
  [0x4ea09c00, Math.imul],
  [0x4ea06c00, ordered(Math.min)],
  [0x4ea06400, ordered(Math.max)],
  [0x4e201c00, (x, y) => x & y],
  [0x4ea01c00, (x, y) => x | y],
  [0x6e201c00, (x, y) => x ^ y],
  [0x6ea08c00, (x, y) => (x === y ? -1 : 0)],
  [0x4ea03400, ordered((x, y) => (x > y ? -1 : 0))],
  [0x4ea03c00, ordered((x, y) => (x >= y ? -1 : 0))],
  [0x4ea04400, (x, y) => ((y | 0) >= 0 ? x << y : x >> -y)],
  [0x6ea04400, (x, y) => ((y | 0) >= 0 ? x << y : x >>> -y)],
]);

/** One lane from one lane of each; the others become 0. */
const oneLane = new Map<number, Map2>([
  [0x1e202800, onFloats((x, y) => x + y)],
  [0x1e203800, onFloats((x, y) => x - y)],
  [0x1e200800, onFloats((x, y) => x * y)],
  [0x1e201800, onFloats((x, y) => x / y)],
  [0x1e204800, onFloats(Math.max)],
  [0x1e205800, onFloats(Math.min)],
]);

/** Lanes of two vectors, those of the second counted from 4. */
const orders = new Map<number, readonly number[]>([
  [0x4e803800, [0, 4, 1, 5]],
  [0x4e807800, [2, 6, 3, 7]],
  [0x4e801800, [0, 2, 4, 6]],
  [0x4e805800, [1, 3, 5, 7]],
  [0x4e802800, [0, 4, 2, 6]],
  [0x4e806800, [1, 5, 3, 7]],
  [0x4ec03800, [0, 1, 4, 5]],
  [0x4ec07800, [2, 3, 6, 7]],
]);

const twoLanes = new Map<number, Map1>([
  [0x6ea0f800, (x) => x ^ 0x80000000],
  [0x4ea0f800, (x) => x & 0x7fffffff],
  [0x6ea1f800, rounded((x) => Math.fround(Math.sqrt(x)))],
  [0x4e218800, rounded(nearest)],
  [0x4e219800, rounded(Math.floor)],
  [0x4ea18800, rounded(Math.ceil)],
  [0x4ea1b800, saturated],
  [0x4e21d800, (x) => bitsOf(Math.fround(x | 0))],
  [0x4ea0b800, (x) => Math.abs(x | 0)],
  [0x6ea0b800, (x) => -x],
  [0x6e205800, (x) => ~x],
]);

const oneOfOne = new Map<number, Map1>([
  [0x1e214000, (x) => x ^ 0x80000000],
  [0x1e20c000, (x) => x & 0x7fffffff],
  [0x1e21c000, rounded((x) => Math.fround(Math.sqrt(x)))],
  [0x1e244000, rounded(nearest)],
  [0x1e254000, rounded(Math.floor)],
  [0x1e24c000, rounded(Math.ceil)],
  [0x1ee24000, (x) => bitsOf(decodeF16(x & 0xffff))],
  [0x1e23c000, (x) => encodeF16(floatOf(x))],
]);

/** From the bytes of a whole register to its lanes. */
const widening = new Map<number, (from: DataView) => number[]>([
  [0x2f08a400, (from) => [0, 2, 4, 6].map((at) => from.getUint8(at) | (from.getUint8(at + 1) << 16))],
  [0x2f10a400, (from) => [0, 2, 4, 6].map((at) => from.getUint16(at, true))],
  [0x2e613800, (from) => [0, 2, 4, 6].map((at) => from.getUint16(at, true) << 16)],
  [0x0e217800, (from) => [0, 2, 4, 6].map((at) => bitsOf(decodeF16(from.getUint16(at, true))))],
  [0x0e612800, (from) => pairs([0, 4, 8, 12].map((at) => from.getUint16(at, true)))],
  [0x0e216800, (from) => pairs([0, 4, 8, 12].map((at) => encodeF16(from.getFloat32(at, true))))],
  [0x0e212800, (from) => pairs([0, 4, 8, 12].map((at) => from.getUint8(at) | (from.getUint8(at + 2) << 8)))],
]);

function pairs(halves: readonly number[]): number[] {
  return [halves[0]! | (halves[1]! << 16), halves[2]! | (halves[3]! << 16), 0, 0];
}

/** The step of an instruction that names a vector register; undefined where it is none of these. */
export function vectorOperation(word: number, emulator: Emulator): (() => void) | undefined {
  const [d, n, m, a] = [0, 5, 16, 10].map((at) => (word >>> at) & 31) as [number, number, number, number];
  const [into, x, y] = [emulator.lanes(d), emulator.lanes(n), emulator.lanes(m)];
  const set = (compute: (lane: number) => number, count = 4): (() => void) => {
    return () => {
      const result = Array.from({ length: 4 }, (_, lane) => (lane < count ? compute(lane) : 0));
      into.set(result);
    };
  };
  const three = (word & 0xffe0fc00) >>> 0;
  const two = (word & 0xfffffc00) >>> 0;
  const same = threeSame.get(three);
  if (same !== undefined) return set((lane) => same(x[lane]!, y[lane]!));
  const one = oneLane.get(three);
  if (one !== undefined) return set(() => one(x[0]!, y[0]!), 1);
  const order = orders.get(three);
  if (order !== undefined) return set((lane) => (order[lane]! < 4 ? x[order[lane]!]! : y[order[lane]! - 4]!));
  const each = twoLanes.get(two);
  if (each !== undefined) return set((lane) => each(x[lane]!));
  const first = oneOfOne.get(two);
  if (first !== undefined) return set(() => first(x[0]!), 1);
  const widen = widening.get(two);
  if (widen !== undefined) {
    return () => into.set(widen(new DataView(x.slice().buffer)));
  }
  return (
    multiplyAdd(word, three, { d, n, m, a }, emulator) ??
    laneStep(word, { d, n, m, a }, emulator) ??
    betweenBanks(two, { d, n, m, a }, emulator) ??
    other(word, three, { d, n, m, a }, emulator)
  );
}

interface Fields {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  readonly a: number;
}

function multiplyAdd(
  word: number,
  three: number,
  { d, n, m, a }: Fields,
  emulator: Emulator,
): (() => void) | undefined {
  const [into, x, y] = [emulator.lanes(d), emulator.lanes(n), emulator.lanes(m)];
  const fused = (p: number, q: number, r: number): number =>
    bitsOf(Math.fround(fusedMultiplyAdd(floatOf(p), floatOf(q), floatOf(r))));
  if (three === 0x4e20cc00) return () => into.set(Array.from(x, (p, lane) => fused(p, y[lane]!, into[lane]!)));
  const byLane = (word & 0xffc0f400) >>> 0;
  const lane = ((word >>> 21) & 1) | (((word >>> 11) & 1) << 1);
  if (byLane === 0x4f801000) {
    return () => {
      const factor = y[lane]!;
      into.set(Array.from(x, (p, at) => fused(p, factor, into[at]!)));
    };
  }
  if (byLane === 0x4f809000) {
    return () => {
      const factor = floatOf(y[lane]!);
      into.set(Array.from(x, (p) => bitsOf(Math.fround(floatOf(p) * factor))));
    };
  }
  if ((word & 0xffe08000) >>> 0 !== 0x1f000000) return undefined;
  const z = emulator.lanes(a);
  return () => into.set([fused(x[0]!, y[0]!, z[0]!), 0, 0, 0]);
}

function laneStep(word: number, { d, n }: Fields, emulator: Emulator): (() => void) | undefined {
  const [into, x] = [emulator.lanes(d), emulator.lanes(n)];
  const lane = (word >>> 19) & 3;
  switch ((word & 0xffe7fc00) >>> 0) {
    case 0x4e040400:
      return () => into.fill(x[lane]!);
    case 0x5e040400:
      return () => into.set([x[lane]!, 0, 0, 0]);
    case 0x4e041c00:
      return () => (into[lane] = Number(emulator.read(n, 32)));
    case 0x0e043c00:
      return () => emulator.write(d, 32, BigInt(x[lane]!));
    default:
  }
  if ((word & 0xffe79c00) >>> 0 === 0x6e040400) return () => (into[lane] = x[(word >>> 13) & 3]!);
  return undefined;
}

function betweenBanks(two: number, { d, n }: Fields, emulator: Emulator): (() => void) | undefined {
  const [into, x] = [emulator.lanes(d), emulator.lanes(n)];
  const word = (): number => Number(emulator.read(n, 32));
  switch (two) {
    case 0x4e040c00:
      return () => into.fill(word());
    case 0x1e380000:
      return () => emulator.write(d, 32, BigInt(saturated(x[0]!)));
    case 0x1e220000:
      return () => into.set([bitsOf(Math.fround(word() | 0)), 0, 0, 0]);
    case 0x1e260000:
      return () => emulator.write(d, 32, BigInt(x[0]!));
    case 0x1e270000:
      return () => into.set([word(), 0, 0, 0]);
    default:
      return undefined;
  }
}

function other(word: number, three: number, { d, n, m }: Fields, emulator: Emulator): (() => void) | undefined {
  const [into, x, y] = [emulator.lanes(d), emulator.lanes(n), emulator.lanes(m)];
  if ((word & 0xffffffe0) >>> 0 === 0x6f00e400) return () => into.fill(0);
  if (three === 0x6e601c00) {
    return () => into.set(Array.from(into, (mask, lane) => (mask & x[lane]!) | (~mask & y[lane]!)));
  }
  if (three === 0x2ea0c000 || three === 0x6ea0c000) {
    const start = three === 0x2ea0c000 ? 0 : 2;
    return () => {
      const products = [0, 1].map((lane) => BigInt(x[start + lane]!) * BigInt(y[start + lane]!));
      into.set(products.flatMap((one) => [Number(one & 0xffffffffn), Number(one >> 32n)]));
    };
  }
  const shift = (word >>> 16) & 31;
  const shifts: Record<number, Map1> = {
    0x4f205400: (lane) => lane << shift,
    0x4f200400: (lane) => lane >> (32 - shift),
    0x6f200400: (lane) => lane >>> (32 - shift),
  };
  const move = shifts[three];
  if (move !== undefined) return () => into.set(Array.from(x, move));
  if ((word & 0xffe08400) >>> 0 === 0x6e000000) {
    const start = (word >>> 13) & 3;
    return () => into.set([...x, ...y].slice(start, start + 4));
  }
  if (three === 0x1e202000 && d === 0) {
    return () => {
      const [left, right] = [floatOf(x[0]!), floatOf(y[0]!)];
      const isUnordered = Number.isNaN(left) || Number.isNaN(right);
      emulator.flags = { n: left < right, z: left === right, c: isUnordered || left >= right, v: isUnordered };
    };
  }
  if ((word & 0xffe00c00) >>> 0 !== 0x1e200c00) return undefined;
  const holds = emulator.condition((word >>> 12) & 15);
  return () => into.set([holds() ? x[0]! : y[0]!, 0, 0, 0]);
}
