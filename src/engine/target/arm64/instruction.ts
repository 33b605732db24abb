// What only instructions of AArch64 have: condition codes and registers with a part of their own.

import { general, type Register } from "#engine/target/machine/instruction.ts";

/** Condition codes as the machine numbers them; a code and its opposite differ in the last bit. */
export const condition = {
  equal: 0,
  notEqual: 1,
  /** Of numbers without sign. */
  aboveOrEqual: 2,
  below: 3,
  negative: 4,
  notNegative: 5,
  above: 8,
  belowOrEqual: 9,
  greaterOrEqual: 10,
  less: 11,
  greater: 12,
  lessOrEqual: 13,
} as const;

/** Number 31 is the stack pointer as a base and in sums, else a register that holds 0. */
export const stackPointer: Register = general(31);
export const zero: Register = general(31);
/** Written by the encoder itself, where an immediate or a distance fits no instruction; never given away. */
export const encoderRegister: Register = general(16);
/** Where a call returns to. */
export const linkRegister: Register = general(30);
