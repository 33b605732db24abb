// AArch64 as allocation sees it.

import type { Architecture, Visit } from "#engine/target/machine/architecture.ts";
import type { Instruction } from "#engine/target/machine/instruction.ts";
import { formOf } from "./encoder.ts";
import { stackPointer } from "./instruction.ts";

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Registers that a callee must save; of vectors their lower 64 bits. x16 and x17 are the encoder's, x18 the system's. */
export const calleeSaved: { readonly general: readonly number[]; readonly vector: readonly number[] } = {
  general: range(19, 28),
  vector: range(8, 15),
};

export const architecture: Architecture = {
  orders: {
    general: [...range(0, 15), ...calleeSaved.general],
    vector: [...range(0, 7), ...range(16, 31), ...calleeSaved.vector],
    mask: [],
  },
  stackPointer,
  rolesOf,
  visitRegisters,
  memoryBits: () => undefined,
  isCopy: (name) => name === "mov" || name === "vmov",
  loadOf: (into, slot, bits) => ({ name: into.bank === "general" ? "ldr" : "vldr", bits, operands: [into, slot] }),
  storeOf: (from, slot, bits) => ({ name: from.bank === "general" ? "str" : "vstr", bits, operands: [slot, from] }),
};

function rolesOf(name: string): string {
  return name === "label" ? "" : formOf(name).roles;
}

function visitRegisters({ name, operands }: Instruction, visit: Visit): void {
  const roles = rolesOf(name);
  for (let position = 0; position < operands.length; position += 1) {
    const operand = operands[position];
    if (operand?.kind === "register") visit(operand, roles[position] !== "w", roles[position] !== "r");
    else if (operand?.base !== undefined) visit(operand.base, true, false);
  }
}
