// Registers that live in the stack frame: every access becomes a load or a store of its own, or a memory operand.

import { firstVirtual, memoryAt, type Instruction, type Memory, type Operand, type Register } from "./instruction.ts";
import type { Architecture } from "./architecture.ts";

/** Where spilled registers lie in the frame, and which registers only carry them to and fro. */
export class SpillArea {
  readonly #stackPointer: Register;
  readonly #slots = new Map<number, Memory>();
  readonly #carriers = new Set<number>();
  #bytes = 0;

  constructor(stackPointer: Register) {
    this.#stackPointer = stackPointer;
  }

  get bytes(): number {
    return this.#bytes;
  }

  slot(number: number, bits: number): Memory {
    const known = this.#slots.get(number);
    if (known !== undefined) return known;
    const size = Math.max(bits / 8, 8);
    this.#bytes = Math.ceil(this.#bytes / size) * size;
    const slot = memoryAt(this.#stackPointer, this.#bytes);
    this.#bytes += size;
    this.#slots.set(number, slot);
    return slot;
  }

  addCarrier(number: number): void {
    this.#carriers.add(number);
  }

  /** Whether a register exists only for one access to a spilled one. */
  isSpillRegister(number: number): boolean {
    return this.#carriers.has(number);
  }
}

export interface SpillOptions {
  readonly architecture: Architecture;
  /** Bits of each virtual register, from the first on; spilling adds to it. */
  readonly registerBits: number[];
}

/** The instructions without the spilled registers. */
export function spillRegisters(
  instructions: readonly Instruction[],
  spilled: ReadonlySet<number>,
  area: SpillArea,
  options: SpillOptions,
): Instruction[] {
  const result: Instruction[] = [];
  for (const instruction of instructions) {
    if (mentionsAny(instruction, spilled)) {
      new Rewriter(instruction, spilled, area, options).rewrite(result);
    } else result.push(instruction);
  }
  return result;
}

function mentionsAny({ operands }: Instruction, spilled: ReadonlySet<number>): boolean {
  for (const operand of operands) if (namesAny(operand, spilled)) return true;
  return false;
}

function namesAny(operand: Operand, spilled: ReadonlySet<number>): boolean {
  if (operand.kind === "register") return spilled.has(operand.number);
  const { base, index } = operand;
  return (base !== undefined && spilled.has(base.number)) || (index !== undefined && spilled.has(index.number));
}

class Rewriter {
  readonly #instruction: Instruction;
  readonly #spilled: ReadonlySet<number>;
  readonly #area: SpillArea;
  readonly #registerBits: number[];
  readonly #architecture: Architecture;
  readonly #before: Instruction[] = [];
  readonly #after: Instruction[] = [];
  readonly #carriers = new Map<number, Register>();

  constructor(
    instruction: Instruction,
    spilled: ReadonlySet<number>,
    area: SpillArea,
    { architecture, registerBits }: SpillOptions,
  ) {
    this.#architecture = architecture;
    this.#instruction = instruction;
    this.#spilled = spilled;
    this.#area = area;
    this.#registerBits = registerBits;
  }

  rewrite(result: Instruction[]): void {
    const copy = this.#asCopy();
    if (copy !== undefined) {
      result.push(copy);
      return;
    }
    const roles = this.#architecture.rolesOf(this.#instruction.name);
    const folded = this.#foldedPosition();
    const operands = this.#instruction.operands.map((operand, position): Operand => {
      if (operand.kind === "register") {
        if (!this.#spilled.has(operand.number)) return operand;
        return position === folded ? this.#slot(operand) : this.#carry(operand, roles[position] ?? "r");
      }
      const change = (register: Register | undefined): Register | undefined =>
        register !== undefined && this.#spilled.has(register.number) ? this.#carry(register, "r") : register;
      return { ...operand, base: change(operand.base), index: change(operand.index) };
    });
    result.push(...this.#before, { ...this.#instruction, operands }, ...this.#after);
  }

  /** A copy to or from the frame, if the instruction is a copy of one spilled register. */
  #asCopy(): Instruction | undefined {
    const { name, operands, bits } = this.#instruction;
    const [into, from] = operands;
    if (!this.#architecture.isCopy(name) || into?.kind !== "register" || from?.kind !== "register") return undefined;
    if (from.number === into.number || this.#spilled.has(from.number) === this.#spilled.has(into.number))
      return undefined;
    const isStore = this.#spilled.has(into.number);
    // The upper half of a 64-bit register must be written too.
    if (isStore) return this.#architecture.storeOf(from, this.#slot(into), this.#bits(into));
    return this.#architecture.loadOf(into, this.#slot(from), into.bank === "general" ? bits : this.#bits(from));
  }

  /** The operand that may be read where it lies. */
  #foldedPosition(): number {
    const place = this.#architecture.memoryBits(this.#instruction);
    const operand = place === undefined ? undefined : this.#instruction.operands[place.position];
    if (place === undefined || operand?.kind !== "register" || !this.#spilled.has(operand.number)) return -1;
    const isElsewhere = this.#instruction.operands.some(
      (other, position) => position !== place.position && namesAny(other, new Set([operand.number])),
    );
    return isElsewhere || place.bits > this.#bits(operand) ? -1 : place.position;
  }

  #bits({ number }: Register): number {
    return this.#registerBits[number - firstVirtual] ?? 64;
  }

  #slot(register: Register): Memory {
    return this.#area.slot(register.number, this.#bits(register));
  }

  #carry(register: Register, role: string): Register {
    const bits = this.#bits(register);
    let carrier = this.#carriers.get(register.number);
    if (carrier === undefined) {
      carrier = { ...register, number: firstVirtual + this.#registerBits.length };
      this.#registerBits.push(bits);
      this.#area.addCarrier(carrier.number);
      this.#carriers.set(register.number, carrier);
    }
    if (role !== "w" && !this.#before.some(({ operands }) => operands[0] === carrier)) {
      this.#before.push(this.#architecture.loadOf(carrier, this.#slot(register), bits));
    }
    if (role !== "r") this.#after.push(this.#architecture.storeOf(carrier, this.#slot(register), bits));
    return carrier;
  }
}
