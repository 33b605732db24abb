// What only instructions of x86-64 have: condition codes, registers with a part of their own, masks.

import { general, type Register } from "#engine/target/machine/instruction.ts";

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

export function maskRegister(number: number): Register {
  return { kind: "register", bank: "mask", number };
}

/** General registers that have a part of their own: results and calls, the stack. */
export const rax: Register = general(0);
export const rdx: Register = general(2);
export const rsp: Register = general(4);
export const rbp: Register = general(5);
export const rsi: Register = general(6);
export const rdi: Register = general(7);
