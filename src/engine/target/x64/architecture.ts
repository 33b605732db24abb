// x86-64 as allocation sees it.

import type { Architecture } from "#engine/target/machine/architecture.ts";
import { rsp } from "./instruction.ts";
import { memoryBits, rolesOf, visitRegisters } from "./roles.ts";
import type { InstructionSet } from "./traits.ts";

/** All but rsp and rbp; those that a callee must save come last. */
const generalOrder: readonly number[] = [0, 1, 2, 6, 7, 8, 9, 10, 11, 3, 12, 13, 14, 15];

/** The architecture with the registers that an instruction set reaches. */
export function architectureOf(instructionSet: InstructionSet): Architecture {
  const vector = Array.from({ length: instructionSet === "avx512" ? 32 : 16 }, (_, number) => number);
  return {
    orders: { general: generalOrder, vector, mask: vector },
    stackPointer: rsp,
    rolesOf,
    visitRegisters,
    memoryBits,
    isCopy: (name) => name === "mov" || name === "vmovaps",
    loadOf: (into, slot, bits) => ({ name: into.bank === "general" ? "mov" : "vmovups", bits, operands: [into, slot] }),
    storeOf: (from, slot, bits) => ({
      name: from.bank === "general" ? "store" : "vmovupsStore",
      bits,
      operands: [slot, from],
    }),
  };
}
