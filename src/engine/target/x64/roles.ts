// Which registers an instruction reads and writes: what allocation must know of it.

import { BugError } from "#engine/base/error.ts";
import type { Visit } from "#engine/target/machine/architecture.ts";
import { generalFormOf, vectorFormOf } from "./encoder.ts";
import { general, type Instruction, type Register } from "#engine/target/machine/instruction.ts";

/** Roles of the operands: `r` read, `w` written, `x` both. */
export function rolesOf(name: string): string {
  if (name === "zero") return "w";
  if (name === "label") return "";
  const form = generalFormOf(name) ?? vectorFormOf(name);
  if (form === undefined) throw new BugError(`There is no instruction ${name}.`);
  return form.roles;
}

/** Whether the last operand may lie in memory, and how many bits it has there; 0 where not. */
export function memoryBits(instruction: Instruction): { readonly position: number; readonly bits: number } | undefined {
  const { name, bits } = instruction;
  const general = generalFormOf(name);
  if (general !== undefined) {
    const isReadable = general.layout === "rm" && name !== "lea" && name !== "movzx8" && name !== "movzx16";
    return isReadable ? { position: 1, bits: name === "movsxd" ? 32 : bits } : undefined;
  }
  const vector = vectorFormOf(name);
  if (vector === undefined || vector.banks !== undefined) return undefined;
  const position = { rvm: 2, rvmr: 2, rm: 1, mr: -1, vm: -1, none: -1 }[vector.layout];
  if (position < 0) return undefined;
  const whole =
    typeof vector.tuple === "number" ? vector.tuple * 8 : bits / { full: 1, half: 2, quarter: 4 }[vector.tuple];
  return { position, bits: whole };
}

interface Access {
  readonly roles: string;
  readonly reads: readonly Register[];
  readonly writes: readonly Register[];
}

const accesses = new Map<string, Access>();

/** What an instruction reads and writes, looked up once a name. */
function accessOf(name: string): Access {
  const known = accesses.get(name);
  if (known !== undefined) return known;
  const { reads = [], writes = [] } = generalFormOf(name) ?? {};
  const access = { roles: rolesOf(name), reads: reads.map(general), writes: writes.map(general) };
  accesses.set(name, access);
  return access;
}

/** Visits every register that an instruction names or implies. */
export function visitRegisters({ name, operands }: Instruction, visit: Visit): void {
  const { roles, reads, writes } = accessOf(name);
  for (let position = 0; position < operands.length; position += 1) {
    const operand = operands[position];
    if (operand === undefined) continue;
    if (operand.kind === "register") {
      const role = roles[position];
      visit(operand, role !== "w", role !== "r");
      continue;
    }
    if (operand.base !== undefined) visit(operand.base, true, false);
    if (operand.index !== undefined) visit(operand.index, true, false);
  }
  for (const register of reads) visit(register, true, false);
  for (const register of writes) visit(register, false, true);
}
