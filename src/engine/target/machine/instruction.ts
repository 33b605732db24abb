// What an instruction is made of, before it has bytes, on any processor. Registers are physical or, until they are
// allocated, virtual.

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

/** One instruction; `name` is a key of a target's tables. The result stands first. */
export interface Instruction {
  readonly name: string;
  /** 32 or 64 of general registers, of vectors what the target has. */
  readonly bits: number;
  readonly operands: readonly Operand[];
  readonly immediate?: number | undefined;
  readonly condition?: number | undefined;
  /** Where a jump goes, or what a label marks. */
  readonly label?: number | undefined;
  /** Lanes written (AVX-512); the others are kept, or zero. */
  readonly mask?: Register | undefined;
  readonly isZeroing?: boolean | undefined;
}

export function general(number: number): Register {
  return { kind: "register", bank: "general", number };
}

export function vectorRegister(number: number): Register {
  return { kind: "register", bank: "vector", number };
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

/** Whether an operand reads a register. */
export function mentions(operand: Operand, register: Register): boolean {
  if (operand.kind === "register") return operand.number === register.number;
  return operand.base?.number === register.number || operand.index?.number === register.number;
}
