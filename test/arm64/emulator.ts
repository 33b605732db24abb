// An emulator of the A64 instructions that kernels are made of, from their words: what tests arm64's code on other
// machines. Slow and plain; `scripts/arm64.mjs` compares it with nothing less than a whole emulated system.
import { memoryStart, type Emulator as AnyEmulator } from "../machine/emulated-machine.ts";
import { vectorOperation, type Lanes } from "./emulator-vectors.ts";

/** Gives the index of the next one, where it is not the one behind it. */
type Step = () => number | undefined;
type Action = () => void;
type Combine = (x: bigint, y: bigint) => bigint;

const field = (word: number, at: number, bits: number): number => (word >>> at) & (2 ** bits - 1);
const signed = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

export class Emulator implements AnyEmulator {
  readonly memory: DataView;
  readonly general: BigUint64Array = new BigUint64Array(31);
  readonly vectors: Uint32Array = new Uint32Array(32 * 4);
  /** Negative, zero, carry, overflow. */
  flags = { n: false, z: false, c: false, v: false };
  /** FPCR. */
  floatMode = 0n;
  /** Told of each call of the system. */
  onSystemCall: () => void = () => undefined;
  readonly #code = new Map<number, readonly Step[]>();
  #stack = 0n;

  /** @param bytes of memory, at `memoryStart` */
  constructor(bytes: number) {
    this.memory = new DataView(new ArrayBuffer(bytes));
  }

  /** Code that lies at an address, as a function of the first three arguments. @param entry bytes from its begin */
  function(
    code: Uint8Array,
    instructionBytes: number,
    address: number,
    entry = 0,
  ): (...args: readonly [number, number, number]) => void {
    new Uint8Array(this.memory.buffer).set(code, address - memoryStart);
    const view = new DataView(code.buffer, code.byteOffset, instructionBytes);
    const steps = Array.from({ length: instructionBytes / 4 }, (_, at) =>
      this.#decode(view.getUint32(at * 4, true), at, address),
    );
    this.#code.set(address, steps);
    return (...args) => {
      args.forEach((value, index) => (this.general[index] = BigInt(value)));
      const stack = BigInt(memoryStart + this.memory.byteLength - 64);
      this.#stack = stack;
      const kept = (): string =>
        [
          ...this.general.subarray(19, 30),
          ...[8, 9, 10, 11, 12, 13, 14, 15].map((one) => this.lanes(one).slice(0, 2)),
        ].join();
      for (let number = 19; number < 30; number += 1) this.general[number] = BigInt(number * 1111);
      for (let number = 8; number < 16; number += 1) this.lanes(number).fill(number * 77);
      const [saved, floatMode] = [kept(), this.floatMode];
      run(steps, entry / 4);
      if (kept() !== saved || this.#stack !== stack || this.floatMode !== floatMode)
        throw new Error("A register was not restored.");
    };
  }

  lanes(number: number): Lanes {
    return this.vectors.subarray(number * 4, number * 4 + 4);
  }

  read(number: number, bits: number): bigint {
    return number === 31 ? 0n : BigInt.asUintN(bits, this.general[number]!);
  }

  write(number: number, bits: number, value: bigint): void {
    if (number !== 31) this.general[number] = BigInt.asUintN(bits, value);
  }

  #readBase(number: number): bigint {
    return number === 31 ? this.#stack : this.general[number]!;
  }

  #writeBase(number: number, bits: number, value: bigint): void {
    if (number === 31) this.#stack = value;
    else this.write(number, bits, value);
  }

  #decode(word: number, at: number, address: number): Step {
    const flow = this.#flow(word, at) ?? this.#call(word, at, address);
    if (flow !== undefined) return flow;
    const step =
      this.#system(word) ??
      this.#access(word, at, address) ??
      this.#immediate(word) ??
      this.#registers(word) ??
      vectorOperation(word, this);
    if (step === undefined) throw new Error(`The emulator has no ${(word >>> 0).toString(16)}.`);
    return () => {
      step();
      return undefined;
    };
  }

  #flow(word: number, at: number): Step | undefined {
    if (word >>> 0 === 0xd65f03c0) return () => Number.MAX_SAFE_INTEGER;
    if (field(word, 26, 6) === 5) return () => at + signed(field(word, 0, 26), 26);
    const target = at + signed(field(word, 5, 19), 19);
    if (field(word, 24, 8) === 0x54) {
      const holds = this.condition(field(word, 0, 4));
      return () => (holds() ? target : undefined);
    }
    if (field(word, 25, 6) !== 0x1a) return undefined;
    const [number, bits] = [field(word, 0, 5), field(word, 31, 1) === 1 ? 64 : 32];
    const isZero = field(word, 24, 1) === 0;
    return () => ((this.read(number, bits) === 0n) === isZero ? target : undefined);
  }

  /** Calls run what they call before they go on. */
  #call(word: number, at: number, start: number): Step | undefined {
    const own = (): readonly Step[] => this.#code.get(start)!;
    if (field(word, 26, 6) === 0x25) {
      const target = at + signed(field(word, 0, 26), 26);
      return () => {
        this.general[30] = BigInt(start + at * 4 + 4);
        run(own(), target);
        return undefined;
      };
    }
    if ((word & 0xfffffc1f) >>> 0 !== 0xd63f0000) return undefined;
    return () => {
      const called = this.#code.get(Number(this.read(field(word, 5, 5), 64)));
      if (called === undefined) throw new Error("There is no code where a call goes.");
      this.general[30] = BigInt(start + at * 4 + 4);
      run(called, 0);
      return undefined;
    };
  }

  /** Atomic accesses succeed: one thread runs at a time. */
  #system(word: number): Action | undefined {
    const [into, n, m] = [field(word, 0, 5), field(word, 5, 5), field(word, 16, 5)];
    const address = (): number => Number(this.#readBase(n));
    if (word >>> 0 === 0xd5033bbf || word >>> 0 === 0xd503203f) return () => undefined;
    if (word >>> 0 === 0xd4000001) return () => this.onSystemCall();
    switch ((word & 0xffffffe0) >>> 0) {
      case 0xd53b4400:
        return () => this.write(into, 64, this.floatMode);
      case 0xd51b4400:
        return () => (this.floatMode = this.read(into, 64));
      case 0xd53be040:
        return () => this.write(into, 64, BigInt(Math.floor(performance.now() * 1000)));
      default:
    }
    const shape = (word & 0xffe0fc00) >>> 0;
    if (shape === 0x8800fc00) {
      return () => {
        this.#store(address(), 4, this.read(into, 32));
        this.write(m, 32, 0n);
      };
    }
    const isLoad = shape === 0x88c0fc00 || shape === 0x8840fc00;
    return isLoad && m === 31 ? () => this.write(into, 32, this.#load(address(), 4)) : undefined;
  }

  condition(code: number): () => boolean {
    const tests = [
      () => this.flags.z,
      () => this.flags.c,
      () => this.flags.n,
      () => this.flags.v,
      () => this.flags.c && !this.flags.z,
      () => this.flags.n === this.flags.v,
      () => this.flags.n === this.flags.v && !this.flags.z,
    ];
    const test = tests[code >> 1]!;
    return (code & 1) === 0 ? test : () => !test();
  }

  #access(word: number, at: number, start: number): Action | undefined {
    const register = field(word, 0, 5);
    if (field(word, 24, 6) === 0x1c) {
      const bytes = 4 << field(word, 30, 2);
      const place = start + (at + signed(field(word, 5, 19), 19)) * 4;
      return () => this.#loadVector(register, place, bytes);
    }
    if (field(word, 27, 3) !== 7 || field(word, 25, 1) !== 0) return undefined;
    const isVector = field(word, 26, 1) === 1;
    const opcode = field(word, 22, 2);
    const size = isVector && opcode > 1 ? 4 : field(word, 30, 2);
    const isLoad = (opcode & 1) === 1;
    const addressOf = this.#addressing(word, size);
    const bytes = 1 << size;
    if (isVector && isLoad) return () => this.#loadVector(register, addressOf(), bytes);
    if (isVector) return () => this.#storeVector(register, addressOf(), bytes);
    if (isLoad) return () => this.write(register, 64, this.#load(addressOf(), bytes));
    return () => this.#store(addressOf(), bytes, this.read(register, 64));
  }

  #addressing(word: number, size: number): () => number {
    const base = field(word, 5, 5);
    if (field(word, 24, 1) === 1) {
      const distance = field(word, 10, 12) << size;
      return () => Number(this.#readBase(base)) + distance;
    }
    if (field(word, 21, 1) === 0 && field(word, 10, 2) === 0) {
      const distance = signed(field(word, 12, 9), 9);
      return () => Number(this.#readBase(base)) + distance;
    }
    if (field(word, 10, 2) !== 2 || field(word, 12, 4) !== 6) throw new Error("An address is not known.");
    const index = field(word, 16, 5);
    return () => Number(BigInt.asIntN(64, this.#readBase(base) + this.read(index, 64)));
  }

  #load(address: number, bytes: number): bigint {
    let value = 0n;
    for (let at = bytes - 1; at >= 0; at -= 1) {
      value = (value << 8n) | BigInt(this.memory.getUint8(address - memoryStart + at));
    }
    return value;
  }

  #store(address: number, bytes: number, value: bigint): void {
    for (let at = 0; at < bytes; at += 1) {
      this.memory.setUint8(address - memoryStart + at, Number((value >> BigInt(at * 8)) & 255n));
    }
  }

  #loadVector(number: number, address: number, bytes: number): void {
    const from = new Uint8Array(this.memory.buffer, address - memoryStart, bytes);
    const into = new Uint8Array(this.vectors.buffer, number * 16, 16);
    into.fill(0).set(from);
  }

  #storeVector(number: number, address: number, bytes: number): void {
    const from = new Uint8Array(this.vectors.buffer, number * 16, bytes);
    new Uint8Array(this.memory.buffer, address - memoryStart, bytes).set(from);
  }

  #immediate(word: number): Action | undefined {
    if (field(word, 26, 3) !== 4) return undefined;
    const bits = field(word, 31, 1) === 1 ? 64 : 32;
    const [into, from, opcode] = [field(word, 0, 5), field(word, 5, 5), field(word, 29, 2)];
    switch (field(word, 23, 3)) {
      case 2: {
        const value = BigInt(field(word, 10, 12)) << (field(word, 22, 1) === 1 ? 12n : 0n);
        return this.#sum({
          bits,
          opcode,
          into,
          first: () => this.#readBase(from),
          second: () => value,
          hasStack: true,
        });
      }
      case 4: {
        const value = BigInt(maskOf(word));
        const combine = logical[opcode]!;
        return () => this.#writeBase(into, bits, combine(this.read(from, bits), value));
      }
      case 5: {
        const place = BigInt(field(word, 21, 2) * 16);
        const part = BigInt(field(word, 5, 16)) << place;
        if (opcode === 3) return () => this.write(into, bits, (this.read(into, bits) & ~(0xffffn << place)) | part);
        return () => this.write(into, bits, opcode === 0 ? ~part : part);
      }
      case 6:
        return this.#bitField(word, bits);
      default:
        return undefined;
    }
  }

  #bitField(word: number, bits: number): Action {
    const [into, from, rotate, last] = [field(word, 0, 5), field(word, 5, 5), field(word, 16, 6), field(word, 10, 6)];
    const isSigned = field(word, 29, 2) === 0;
    const width = last >= rotate ? last - rotate + 1 : last + 1;
    return () => {
      const source = this.read(from, bits);
      const shifted = last >= rotate ? source >> BigInt(rotate) : source;
      const part = isSigned ? BigInt.asIntN(width, shifted) : BigInt.asUintN(width, shifted);
      this.write(into, bits, last >= rotate ? part : part << BigInt(bits - rotate));
    };
  }

  #sum(options: {
    readonly bits: number;
    readonly opcode: number;
    readonly into: number;
    readonly first: () => bigint;
    readonly second: () => bigint;
    readonly hasStack: boolean;
  }): Action {
    const { bits, opcode, into, first, second, hasStack } = options;
    return () => {
      const [x, y] = [BigInt.asUintN(bits, first()), BigInt.asUintN(bits, second())];
      const isDifference = opcode > 1;
      const result = BigInt.asUintN(bits, isDifference ? x - y : x + y);
      if ((opcode & 1) === 0) {
        if (hasStack) this.#writeBase(into, bits, result);
        else this.write(into, bits, result);
        return;
      }
      const exact = isDifference
        ? BigInt.asIntN(bits, x) - BigInt.asIntN(bits, y)
        : BigInt.asIntN(bits, x) + BigInt.asIntN(bits, y);
      this.flags = {
        n: BigInt.asIntN(bits, result) < 0n,
        z: result === 0n,
        c: isDifference ? x >= y : x + y !== result,
        v: BigInt.asIntN(bits, exact) !== exact,
      };
      this.write(into, bits, result);
    };
  }

  #registers(word: number): Action | undefined {
    const bits = field(word, 31, 1) === 1 ? 64 : 32;
    const [into, n, m, a] = [field(word, 0, 5), field(word, 5, 5), field(word, 16, 5), field(word, 10, 5)];
    const opcode = field(word, 29, 2);
    const group = field(word, 21, 8);
    const [x, y] = [() => this.read(n, bits), () => this.read(m, bits)];
    if (group === 0x50 && field(word, 10, 6) === 0) {
      const combine = logical[opcode]!;
      return () => this.write(into, bits, combine(x(), y()));
    }
    if (group === 0x58 && field(word, 10, 6) === 0) {
      return this.#sum({ bits, opcode, into, first: x, second: y, hasStack: false });
    }
    if (group === 0x59) {
      const extend = { 6: () => BigInt.asIntN(32, this.read(m, 32)), 3: () => this.read(m, 64) }[field(word, 13, 3)];
      if (extend === undefined) return undefined;
      const shift = BigInt(field(word, 10, 3));
      const second = (): bigint => extend() << shift;
      return this.#sum({ bits, opcode, into, first: () => this.#readBase(n), second, hasStack: true });
    }
    if (group === 0xd6) {
      const combine = this.#twoSources(field(word, 10, 6), bits);
      return combine && (() => this.write(into, bits, combine(x(), y())));
    }
    if (group === 0xd8) {
      const sign = field(word, 15, 1) === 1 ? -1n : 1n;
      return () => this.write(into, bits, this.read(a, bits) + sign * x() * y());
    }
    if (group === 0xdd) return () => this.write(into, 64, this.read(n, 32) * this.read(m, 32));
    return group === 0xd4 ? this.#conditional(word, bits, x, y) : undefined;
  }

  #twoSources(opcode: number, bits: number): Combine | undefined {
    const number = (x: bigint): bigint => BigInt.asIntN(bits, x);
    const mask = BigInt(bits - 1);
    const table: Record<number, Combine> = {
      2: (x, y) => (y === 0n ? 0n : x / y),
      3: (x, y) => (y === 0n ? 0n : number(x) / number(y)),
      8: (x, y) => x << (y & mask),
      9: (x, y) => x >> (y & mask),
      10: (x, y) => number(x) >> (y & mask),
    };
    return table[opcode];
  }

  #conditional(word: number, bits: number, x: () => bigint, y: () => bigint): Action {
    const holds = this.condition(field(word, 12, 4));
    const into = field(word, 0, 5);
    const [isInverted, isMore] = [field(word, 30, 1) === 1, field(word, 10, 1) === 1];
    const other = isInverted ? (isMore ? () => -y() : () => ~y()) : isMore ? () => y() + 1n : y;
    return () => this.write(into, bits, holds() ? x() : other());
  }
}

function run(steps: readonly Step[], start: number): void {
  for (let at = start; at < steps.length;) at = steps[at]!() ?? at + 1;
}

const logical: readonly Combine[] = [(x, y) => x & y, (x, y) => x | y, (x, y) => x ^ y, (x, y) => x & y];

/** The pattern of a logical immediate of 32 bits: a run of ones, rotated, repeated. */
export function maskOf(word: number): number {
  const [rotate, ones] = [field(word, 16, 6), field(word, 10, 6)];
  // Ones and a 0 before the number of ones tell the size: 0xxxxx is 32 bits, 10xxxx 16, 110xxx 8.
  const size = [32, 16, 8, 4, 2].find((one) => (ones & -one) === (-one & ~one & 0x3f))!;
  const length = (ones & (size - 1)) + 1;
  let mask = 0;
  for (let at = 0; at < 32; at += 1) {
    const within = ((at % size) + rotate) % size;
    if (within < length) mask += 2 ** at;
  }
  return mask;
}
