// An emulator of the instructions that kernels are made of, from the disassembled bytes: what runs AVX-512 where the
// machine has none. Slow and plain; a test compares it with the machine on AVX2.
import { vectorOperations, type Lanes } from "./emulator-vectors.ts";
import { memoryStart, type Emulator as AnyEmulator } from "../machine/emulated-machine.ts";
import { disassemble, withoutSizes } from "./disassembler.ts";

export type Operand =
  | { readonly kind: "general"; readonly number: number; readonly bits: number }
  | { readonly kind: "vector"; readonly number: number; readonly lanes: number; readonly mask: number }
  | { readonly kind: "mask"; readonly number: number }
  | { readonly kind: "memory"; readonly address: () => number; readonly isBroadcast: boolean }
  | { readonly kind: "immediate"; readonly value: number };

export class Emulator implements AnyEmulator {
  readonly memory: DataView;
  readonly general: BigUint64Array = new BigUint64Array(16);
  readonly vectors: Uint32Array = new Uint32Array(32 * 16);
  readonly masks: Uint32Array = new Uint32Array(8);
  readonly flags: { zero: boolean; sign: boolean; carry: boolean; overflow: boolean; parity: boolean } = {
    zero: false,
    sign: false,
    carry: false,
    overflow: false,
    parity: false,
  };

  /** @param bytes of memory, at `memoryStart` */
  constructor(bytes: number) {
    this.memory = new DataView(new ArrayBuffer(bytes));
  }

  /** Code that lies at an address, as a function of the first three arguments; calls leave the stack as it was. */
  function(
    code: Uint8Array,
    instructionBytes: number,
    address: number,
  ): (...args: readonly [number, number, number]) => void {
    new Uint8Array(this.memory.buffer).set(code, address - memoryStart);
    const lines = disassemble(code.slice(0, instructionBytes), address);
    const places = new Map<number, number>([[address, 0]]);
    lines.forEach(({ next }, index) => places.set(next, index + 1));
    const steps = lines.map(({ text }) => this.#parse(text, places));
    return (...args) => {
      [7, 6, 2].forEach((number, index) => (this.general[number] = BigInt(args[index]!)));
      const stack = memoryStart + this.memory.byteLength - 64;
      this.general[4] = BigInt(stack - 8);
      const saved = [3, 5, 12, 13, 14, 15].map((number) => (this.general[number] = BigInt(number * 1111)));
      for (let at = 0; at < steps.length;) at = steps[at]!() ?? at + 1;
      const kept = [3, 5, 12, 13, 14, 15].map((number) => this.general[number]!);
      if (kept.join() !== saved.join() || Number(this.general[4]) !== stack)
        throw new Error("A register was not restored.");
    };
  }

  /** An instruction as a function that gives the index of the next one, where it is not the one behind it. */
  #parse(text: string, places: ReadonlyMap<number, number>): () => number | undefined {
    const [, name = "", rest = ""] = /^(\S+) ?(.*)$/.exec(withoutSizes(text)) ?? [];
    const jump = /^j(\w+)$/.exec(name);
    if (jump !== null) {
      const target = places.get(Number.parseInt(rest, 16));
      if (target === undefined) throw new Error(`${text} leaves the code.`);
      const holds = jump[1] === "mp" ? () => true : this.#condition(jump[1]!);
      return () => (holds() ? target : undefined);
    }
    const operands = splitOperands(rest).map((one) => this.#operand(one));
    if (name === "ret") return () => (this.#pop(), Number.MAX_SAFE_INTEGER);
    const vector = vectorOperations(name, operands, this);
    const step = vector ?? this.#generalStep(name, operands, text);
    return () => {
      step();
      return undefined;
    };
  }

  #operand(text: string): Operand {
    const vector = /^([xyz])mm(\d+)(?:\{k(\d)\})?(\{z\})?$/.exec(text);
    if (vector !== null) {
      const lanes = { x: 4, y: 8, z: 16 }[vector[1] as "x" | "y" | "z"];
      return { kind: "vector", number: Number(vector[2]), lanes, mask: Number(vector[3] ?? 0) };
    }
    const mask = /^k(\d)$/.exec(text);
    if (mask !== null) return { kind: "mask", number: Number(mask[1]) };
    const general = registerOf(text);
    if (general !== undefined) return { kind: "general", ...general };
    if (text.startsWith("["))
      return { kind: "memory", address: this.#address(text), isBroadcast: text.includes("{1to") };
    return { kind: "immediate", value: numberOf(text) };
  }

  #address(text: string): () => number {
    const inner = text.slice(1, text.indexOf("]"));
    const parts = [...inner.matchAll(/([+-]?)([^+-]+)/g)].map(([, sign, term = ""]): (() => number) => {
      const [name = "", scale = "1"] = term.split("*");
      const register = registerOf(name);
      if (register === undefined) return () => (sign === "-" ? -1 : 1) * numberOf(term);
      return () => Number(BigInt.asIntN(64, this.general[register.number]!)) * Number(scale);
    });
    return () => parts.reduce((sum, part) => sum + part(), 0) - memoryStart;
  }

  /** The value of a general operand, without sign. */
  read(operand: Operand, bits: number): bigint {
    switch (operand.kind) {
      case "general":
        return BigInt.asUintN(bits, this.general[operand.number]!);
      case "immediate":
        return BigInt.asUintN(bits, BigInt(operand.value));
      case "memory":
        return this.#load(operand.address(), bits);
      default:
        throw new Error(`A ${operand.kind} is no number.`);
    }
  }

  #load(address: number, bits: number): bigint {
    if (bits === 64) return this.memory.getBigUint64(address, true);
    return BigInt(
      {
        8: () => this.memory.getUint8(address),
        16: () => this.memory.getUint16(address, true),
        32: () => this.memory.getUint32(address, true),
      }[bits as 8 | 16 | 32](),
    );
  }

  write(operand: Operand, bits: number, value: bigint): void {
    if (operand.kind === "general") {
      const kept = bits < 32 ? (this.general[operand.number]! >> BigInt(bits)) << BigInt(bits) : 0n;
      this.general[operand.number] = kept | BigInt.asUintN(bits, value);
      return;
    }
    if (operand.kind !== "memory") throw new Error(`A ${operand.kind} cannot be written.`);
    const address = operand.address();
    const number = Number(BigInt.asUintN(32, value));
    if (bits === 8) this.memory.setUint8(address, number & 255);
    else if (bits === 16) this.memory.setUint16(address, number & 65535, true);
    else if (bits === 32) this.memory.setUint32(address, number, true);
    else this.memory.setBigUint64(address, BigInt.asUintN(64, value), true);
  }

  #pop(): bigint {
    const address = Number(this.general[4]);
    this.general[4] = BigInt(address + 8);
    return this.memory.getBigUint64(address - memoryStart, true);
  }

  #condition(name: string): () => boolean {
    const { flags } = this;
    const table: Record<string, () => boolean> = {
      e: () => flags.zero,
      b: () => flags.carry,
      be: () => flags.carry || flags.zero,
      l: () => flags.sign !== flags.overflow,
      le: () => flags.zero || flags.sign !== flags.overflow,
      s: () => flags.sign,
      p: () => flags.parity,
    };
    const opposites: Record<string, string> = { ne: "e", ae: "b", a: "be", ge: "l", g: "le", ns: "s", np: "p" };
    const known = table[name];
    if (known !== undefined) return known;
    const other = table[opposites[name] ?? ""];
    if (other === undefined) throw new Error(`No condition ${name}.`);
    return () => !other();
  }

  #setFlags(result: bigint, bits: number): bigint {
    this.flags.zero = BigInt.asUintN(bits, result) === 0n;
    this.flags.sign = BigInt.asIntN(bits, result) < 0n;
    this.flags.carry = false;
    this.flags.overflow = false;
    return result;
  }

  #subtract(x: bigint, y: bigint, bits: number): bigint {
    const result = this.#setFlags(x - y, bits);
    this.flags.carry = x < y;
    const exact = BigInt.asIntN(bits, x) - BigInt.asIntN(bits, y);
    this.flags.overflow = BigInt.asIntN(bits, exact) !== exact;
    return result;
  }

  #generalStep(name: string, operands: readonly Operand[], text: string): () => void {
    const [a, b, c] = operands as [Operand, Operand, Operand];
    const sized = operands.find((one) => one.kind === "general");
    const bits = sized?.kind === "general" ? sized.bits : 32;
    const signed = (operand: Operand): bigint => BigInt.asIntN(bits, this.read(operand, bits));
    const binary: Record<string, (x: bigint, y: bigint) => bigint> = {
      add: (x, y) => x + y,
      sub: (x, y) => this.#subtract(x, y, bits),
      and: (x, y) => x & y,
      or: (x, y) => x | y,
      xor: (x, y) => x ^ y,
    };
    const shift: Record<string, (x: bigint, y: bigint) => bigint> = {
      shl: (x, y) => x << y,
      shr: (x, y) => x >> y,
      sar: (x, y) => BigInt.asIntN(bits, x) >> y,
    };
    const combine = binary[name];
    if (combine !== undefined) return () => this.write(a, bits, combine(this.read(a, bits), this.read(b, bits)));
    const move = shift[name.replace("x", "")];
    if (move !== undefined) {
      const [from, count] = c === undefined ? [a, b] : [b, c];
      const mask = bits === 64 ? 63n : 31n;
      return () => this.write(a, bits, move(this.read(from, bits), this.read(count, 8) & mask));
    }
    if (name.startsWith("set") || name.startsWith("cmov")) {
      const holds = this.#condition(name.replace(/^(set|cmov)/, ""));
      if (name.startsWith("set")) return () => this.write(a, 8, holds() ? 1n : 0n);
      return () => this.write(a, bits, this.read(holds() ? b : a, bits));
    }
    const other: Record<string, () => void> = {
      mov: () => this.write(a, bits, this.read(b, bits)),
      movzx: () => this.write(a, 32, this.read(b, b.kind === "general" ? b.bits : text.includes("byte") ? 8 : 16)),
      movsxd: () => this.write(a, 64, BigInt.asIntN(32, this.read(b, 32))),
      lea: () => this.write(a, bits, BigInt(b.kind === "memory" ? b.address() + memoryStart : 0)),
      cmp: () => void this.#subtract(this.read(a, bits), this.read(b, bits), bits),
      test: () => void this.#setFlags(this.read(a, bits) & this.read(b, bits), bits),
      neg: () => this.write(a, bits, this.#setFlags(-this.read(a, bits), bits)),
      imul: () => this.write(a, bits, c === undefined ? signed(a) * signed(b) : signed(b) * signed(c)),
      cdq: () => (this.general[2] = BigInt.asUintN(32, BigInt.asIntN(32, this.general[0]!) >> 31n)),
      div: () => this.#divide(this.read(a, 32), false),
      idiv: () => this.#divide(BigInt.asIntN(32, this.read(a, 32)), true),
      pop: () => this.write(a, 64, this.#pop()),
      push: () => {
        this.general[4] = this.general[4]! - 8n;
        this.memory.setBigUint64(Number(this.general[4]) - memoryStart, this.read(a, 64), true);
      },
    };
    const step = other[name];
    if (step === undefined) throw new Error(`The emulator has no ${text}.`);
    return step;
  }

  #divide(divisor: bigint, isSigned: boolean): void {
    const dividend = (BigInt.asUintN(32, this.general[2]!) << 32n) | BigInt.asUintN(32, this.general[0]!);
    const whole = isSigned ? BigInt.asIntN(64, dividend) : dividend;
    const quotient = whole / divisor;
    const fits = isSigned ? BigInt.asIntN(32, quotient) : BigInt.asUintN(32, quotient);
    if (fits !== quotient) throw new Error("A quotient does not fit.");
    this.general[0] = BigInt.asUintN(32, quotient);
    this.general[2] = BigInt.asUintN(32, whole % divisor);
  }

  /** The lanes of an operand; of memory as many as asked, of a broadcast one often. */
  lanes(operand: Operand, count: number): Lanes {
    if (operand.kind === "vector") return this.vectors.subarray(operand.number * 16, operand.number * 16 + count);
    if (operand.kind !== "memory") throw new Error(`A ${operand.kind} has no lanes.`);
    const address = operand.address();
    const step = operand.isBroadcast ? 0 : 4;
    return Uint32Array.from({ length: count }, (_, lane) => this.memory.getUint32(address + lane * step, true));
  }
}

const names64 = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const names32 = "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d".split(" ");
const names16 = "ax cx dx bx sp bp si di r8w r9w r10w r11w r12w r13w r14w r15w".split(" ");
const names8 = "al cl dl bl spl bpl sil dil r8b r9b r10b r11b r12b r13b r14b r15b".split(" ");

function registerOf(name: string): { readonly number: number; readonly bits: number } | undefined {
  for (const [names, bits] of [
    [names64, 64],
    [names32, 32],
    [names16, 16],
    [names8, 8],
  ] as const) {
    const number = names.indexOf(name);
    if (number >= 0) return { number, bits };
  }
  return undefined;
}

/** iced writes `0FFh`, decimal digits alone, or 16 hexadecimal digits. */
function numberOf(text: string): number {
  const isNegative = text.startsWith("-");
  const digits = isNegative ? text.slice(1) : text;
  // 64 bits are a signed number: a double would round them.
  const value = digits.endsWith("h") ? Number(BigInt.asIntN(64, BigInt(`0x${digits.slice(0, -1)}`))) : Number(digits);
  return isNegative ? -value : value;
}

function splitOperands(text: string): string[] {
  return text === "" ? [] : text.split(",");
}
