// What an x86-64 instruction is made of, before it has bytes. Registers are physical or, until they are allocated, virtual.

/** Files of registers: `mask` is AVX-512's k0 to k7. */
export type Bank = "general" | "vector" | "mask";

/** Below `firstVirtual` a number is the machine's, from there on it waits for allocation. */
export interface Register {
  readonly kind: "register";
  readonly bank: Bank;
  readonly number: number;
}

export const firstVirtual = 64;

/** `[base + index * scale + displacement]`, or `[label + displacement]` relative to the instruction. */
export interface Memory {
  readonly kind: "memory";
  readonly base: Register | undefined;
  readonly index: Register | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly label: number | undefined;
  /** One element for every lane (AVX-512). */
  readonly isBroadcast: boolean;
}

export type Operand = Register | Memory;

/** Condition codes as the machine numbers them. */
export const condition = {
  overflow: 0,
  below: 2,
  aboveOrEqual: 3,
  equal: 4,
  notEqual: 5,
  belowOrEqual: 6,
  above: 7,
  sign: 8,
  notSign: 9,
  parity: 10,
  notParity: 11,
  less: 12,
  greaterOrEqual: 13,
  lessOrEqual: 14,
  greater: 15,
} as const;

/** One instruction; `name` is a key of the tables. Operands stand in Intel's order, the result first. */
export interface Instruction {
  readonly name: string;
  /** 32 or 64 of general registers, 128, 256 or 512 of vectors. */
  readonly bits: number;
  readonly operands: readonly Operand[];
  readonly immediate?: number;
  readonly condition?: number;
  /** Where a jump goes, or what a label marks. */
  readonly label?: number;
  /** Lanes written (AVX-512); the others are kept, or zero. */
  readonly mask?: Register;
  readonly isZeroing?: boolean;
}

export function general(number: number): Register {
  return { kind: "register", bank: "general", number };
}

export function vectorRegister(number: number): Register {
  return { kind: "register", bank: "vector", number };
}

export function maskRegister(number: number): Register {
  return { kind: "register", bank: "mask", number };
}

/** A memory operand. */
export function memoryAt(
  base: Register | undefined,
  displacement = 0,
  more: { readonly index?: Register; readonly scale?: 1 | 2 | 4 | 8; readonly label?: number } = {},
): Memory {
  const { index, scale = 1, label } = more;
  return { kind: "memory", base, index, scale, displacement, label, isBroadcast: false };
}

/** General registers that have a part of their own: results and calls, the stack. */
export const rax: Register = general(0);
export const rdx: Register = general(2);
export const rsp: Register = general(4);
export const rbp: Register = general(5);
export const rsi: Register = general(6);
export const rdi: Register = general(7);
