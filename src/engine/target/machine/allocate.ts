// Registers by linear scan. What finds no register is spilled: its accesses become loads and stores of their own, and
// the scan begins again.
// @source Poletto and Sarkar, Linear scan register allocation (TOPLAS 21, 1999)

import { BugError } from "#engine/base/error.ts";
import { firstVirtual, type Bank, type Instruction, type Operand, type Register } from "./instruction.ts";
import type { Architecture } from "./architecture.ts";
import { liveRanges, type Interval, type LiveRanges } from "./live-ranges.ts";
import { SpillArea, spillRegisters } from "./spill.ts";

export interface AllocationOptions {
  /** Bits of each virtual register, from the first on; spilling adds to it. */
  readonly registerBits: number[];
  readonly architecture: Architecture;
}

export interface Allocation {
  /** With physical registers; copies of a register onto itself left out. */
  readonly instructions: readonly Instruction[];
  readonly frameBytes: number;
  /** Physical registers that the instructions name. */
  readonly used: Readonly<Record<Bank, ReadonlySet<number>>>;
}

/** Assigns physical registers. */
export function allocateRegisters(given: readonly Instruction[], options: AllocationOptions): Allocation {
  const { architecture, registerBits } = options;
  const area = new SpillArea(architecture.stackPointer);
  let instructions = given;
  for (let round = 0; round < 40; round += 1) {
    const scan = new Scan(
      liveRanges(instructions, architecture),
      hintsOf(instructions, architecture),
      architecture,
      area,
    );
    if (scan.spilled.size === 0) return assign(instructions, scan, architecture, area.bytes);
    instructions = spillRegisters(instructions, scan.spilled, area, { architecture, registerBits });
  }
  throw new BugError("Registers could not be allocated.");
}

/** Registers that a copy joins: best they are one. */
function hintsOf(
  instructions: readonly Instruction[],
  { isCopy }: Architecture,
): ReadonlyMap<number, readonly number[]> {
  const hints = new Map<number, number[]>();
  const add = (from: number, to: number): void => {
    const known = hints.get(from);
    if (known === undefined) hints.set(from, [to]);
    else known.push(to);
  };
  for (const { name, operands } of instructions) {
    if (!isCopy(name)) continue;
    const into = operands[0];
    const from = operands[1];
    if (into?.kind !== "register" || from?.kind !== "register") continue;
    add(into.number, from.number);
    add(from.number, into.number);
  }
  return hints;
}

class Scan {
  /** Physical registers by virtual ones, these counted from `firstVirtual` on. */
  readonly homes: (number | undefined)[] = [];
  /** Physical registers given away. */
  readonly used: Readonly<Record<Bank, Set<number>>> = { general: new Set(), vector: new Set(), mask: new Set() };
  readonly spilled = new Set<number>();
  readonly #ranges: LiveRanges;
  readonly #hints: ReadonlyMap<number, readonly number[]>;
  readonly #area: SpillArea;
  readonly #orders: Readonly<Record<Bank, readonly number[]>>;
  /** What each physical register was given to last. */
  readonly #holders: Readonly<Record<Bank, (Interval | undefined)[]>> = { general: [], vector: [], mask: [] };

  constructor(
    ranges: LiveRanges,
    hints: ReadonlyMap<number, readonly number[]>,
    { orders }: Architecture,
    area: SpillArea,
  ) {
    this.#ranges = ranges;
    this.#hints = hints;
    this.#area = area;
    this.#orders = orders;
    for (const interval of ranges.intervals) this.#place(interval);
  }

  #place(interval: Interval): void {
    const chosen = this.#hinted(interval) ?? this.#firstFree(interval);
    if (chosen === undefined) this.#makeRoom(interval);
    else this.#settle(interval, chosen);
  }

  #settle(interval: Interval, home: number): void {
    this.homes[interval.number - firstVirtual] = home;
    this.used[interval.bank].add(home);
    this.#holders[interval.bank][home] = interval;
  }

  #firstFree(interval: Interval): number | undefined {
    for (const home of this.#orders[interval.bank]) if (this.#isFree(home, interval)) return home;
    return undefined;
  }

  #hinted(interval: Interval): number | undefined {
    const partners = this.#hints.get(interval.number);
    if (partners === undefined) return undefined;
    for (const partner of partners) {
      const home = partner < firstVirtual ? partner : this.homes[partner - firstVirtual];
      if (home !== undefined && this.#orders[interval.bank].includes(home) && this.#isFree(home, interval)) return home;
    }
    return undefined;
  }

  #isFree(home: number, interval: Interval): boolean {
    const holder = this.#holders[interval.bank][home];
    return (holder === undefined || holder.end < interval.start) && this.#isUnclaimed(home, interval);
  }

  #isUnclaimed(number: number, { bank, start, end }: Interval): boolean {
    if (bank !== "general") return true;
    return this.#ranges.claims.get(number)?.some(([from, to]) => from <= end && to >= start) !== true;
  }

  /** Spills what is used least for the time it takes: this register or one whose place this may take. */
  #makeRoom(interval: Interval): void {
    let victim = interval;
    let victimHome: number | undefined;
    this.#holders[interval.bank].forEach((holder, home) => {
      if (holder === undefined || holder.end < interval.start || !this.#isUnclaimed(home, interval)) return;
      if (this.#costOf(holder) < this.#costOf(victim)) [victim, victimHome] = [holder, home];
    });
    if (this.#area.isSpillRegister(victim.number)) throw new BugError("A kernel needs more registers than there are.");
    this.spilled.add(victim.number);
    if (victimHome !== undefined) this.#settle(interval, victimHome);
  }

  #costOf(interval: Interval): number {
    if (this.#area.isSpillRegister(interval.number)) return Infinity;
    return interval.weight / (interval.end - interval.start + 1);
  }
}

function assign(
  instructions: readonly Instruction[],
  { homes, used }: Scan,
  { isCopy }: Architecture,
  frameBytes: number,
): Allocation {
  const settle = ({ bank, number }: Register): Register => {
    const home = number < firstVirtual ? number : homes[number - firstVirtual];
    if (home === undefined) throw new BugError("A register has no place.");
    if (number < firstVirtual) used[bank].add(home);
    return physical(bank, home);
  };
  const settled: Instruction[] = [];
  for (const instruction of instructions) {
    const operands: Operand[] = [];
    for (const operand of instruction.operands) operands.push(mapRegisters(operand, settle));
    if (!isCopy(instruction.name) || !isIdentity(operands)) settled.push({ ...instruction, operands });
  }
  return { instructions: settled, frameBytes, used };
}

const machineRegisters: Readonly<Record<Bank, readonly Register[]>> = {
  general: Array.from({ length: 32 }, (_, number) => ({ kind: "register", bank: "general", number })),
  vector: Array.from({ length: 32 }, (_, number) => ({ kind: "register", bank: "vector", number })),
  mask: Array.from({ length: 8 }, (_, number) => ({ kind: "register", bank: "mask", number })),
};

function physical(bank: Bank, number: number): Register {
  const register = machineRegisters[bank][number];
  if (register === undefined) throw new BugError(`There is no ${bank} register ${number}.`);
  return register;
}

/** An operand with other registers. */
function mapRegisters(operand: Operand, change: (register: Register) => Register): Operand {
  if (operand.kind === "register") return change(operand);
  const base = operand.base === undefined ? undefined : change(operand.base);
  const index = operand.index === undefined ? undefined : change(operand.index);
  return { ...operand, base, index };
}

/** A copy of a register onto itself; one of 32 bits too, since the upper halves are 0. */
function isIdentity(operands: readonly Operand[]): boolean {
  const into = operands[0];
  const from = operands[1];
  return into?.kind === "register" && from?.kind === "register" && into.number === from.number;
}
