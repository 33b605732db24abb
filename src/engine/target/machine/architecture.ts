// What allocating registers must know of a processor's instructions.

import type { Bank, Instruction, Memory, Register } from "./instruction.ts";

/** Called for each register of an instruction. */
export type Visit = (register: Register, isRead: boolean, isWritten: boolean) => void;

export interface Architecture {
  /** Registers that may be given away, the ones to take first coming first. */
  readonly orders: Readonly<Record<Bank, readonly number[]>>;
  readonly stackPointer: Register;
  /** Roles of the operands: `r` read, `w` written, `x` both. */
  readonly rolesOf: (name: string) => string;
  /** Visits every register that an instruction names or implies. */
  readonly visitRegisters: (instruction: Instruction, visit: Visit) => void;
  /** Which operand may lie in memory, and how many bits it has there. */
  readonly memoryBits: (instruction: Instruction) => { readonly position: number; readonly bits: number } | undefined;
  /** Whether an instruction does nothing but copy its second operand, a register or memory, to its first. */
  readonly isCopy: (name: string) => boolean;
  readonly loadOf: (into: Register, slot: Memory, bits: number) => Instruction;
  readonly storeOf: (from: Register, slot: Memory, bits: number) => Instruction;
}
