// Live intervals of virtual registers and the times at which instructions claim physical ones. Instruction n reads at
// time 2n and writes at 2n + 1.

import { firstVirtual, type Bank, type Instruction } from "./instruction.ts";
import type { Architecture, Visit } from "./architecture.ts";

/** One virtual register from its first to its last access, over whole loops where a turn may need it again. */
export interface Interval {
  readonly number: number;
  readonly bank: Bank;
  start: number;
  end: number;
  /** Accesses, those in loops counted more. */
  weight: number;
  /** The innermost loop around the last access. */
  loop: Loop | undefined;
}

export interface LiveRanges {
  /** By start. */
  readonly intervals: readonly Interval[];
  /** Times `[from, to]` at which a physical general register is not free, by its number. */
  readonly claims: ReadonlyMap<number, readonly (readonly [from: number, to: number])[]>;
}

/** From its label to the jump back; loops nest as the statements do that they come from. */
interface Loop {
  readonly first: number;
  readonly last: number;
  readonly outer: Loop | undefined;
  readonly depth: number;
}

/** What an access counts, by the number of loops around it: eight times as much in each further one. */
const weights = Array.from({ length: 8 }, (_, depth) => 8 ** depth);
const deepest = 8 ** weights.length;

export function liveRanges(instructions: readonly Instruction[], { visitRegisters }: Architecture): LiveRanges {
  const lasts = lastsOf(instructions);
  const intervals: Interval[] = [];
  const byNumber: (Interval | undefined)[] = [];
  const claims = new Map<number, [number, number][]>();
  let [at, weight] = [0, 1];
  let loop: Loop | undefined;
  const visit: Visit = ({ number, bank }, isRead, isWritten) => {
    if (number < firstVirtual) {
      if (bank === "general") claim(claims, number, at, { isRead, isWritten });
      return;
    }
    const start = isRead ? at * 2 : at * 2 + 1;
    const end = isWritten ? at * 2 + 1 : at * 2;
    const known = byNumber[number - firstVirtual];
    if (known === undefined) {
      const interval = { number, bank, start, end, weight, loop };
      intervals.push(interval);
      byNumber[number - firstVirtual] = interval;
    } else {
      if (end > known.end) known.end = end;
      if (start < known.start) known.start = start;
      known.weight += weight;
      known.loop = loop;
    }
  };
  for (const instruction of instructions) {
    const last = lasts.get(at);
    if (last !== undefined) loop = { first: at, last, outer: loop, depth: (loop?.depth ?? 0) + 1 };
    weight = loop === undefined ? 1 : (weights[loop.depth] ?? deepest);
    visitRegisters(instruction, visit);
    while (loop?.last === at) loop = loop.outer;
    at += 1;
  }
  for (const interval of intervals) extendOverLoops(interval);
  return { intervals: intervals.sort((a, b) => a.start - b.start), claims };
}

function claim(
  claims: Map<number, [number, number][]>,
  number: number,
  at: number,
  { isRead, isWritten }: { readonly isRead: boolean; readonly isWritten: boolean },
): void {
  let ranges = claims.get(number);
  if (ranges === undefined) claims.set(number, (ranges = []));
  const last = ranges.at(-1);
  if (isRead) {
    // What was never written came with the call.
    if (last === undefined) ranges.push([0, at * 2]);
    else last[1] = at * 2;
  }
  if (isWritten) ranges.push([at * 2 + 1, at * 2 + 1]);
}

/** Where loops end, by where they begin: each jump backwards ends one. */
function lastsOf(instructions: readonly Instruction[]): Map<number, number> {
  const places = new Map<number, number>();
  const lasts = new Map<number, number>();
  let at = 0;
  for (const { name, label } of instructions) {
    if (label !== undefined) {
      const place = places.get(label);
      if (name === "label") places.set(label, at);
      else if (place !== undefined) lasts.set(place, at);
    }
    at += 1;
  }
  return lasts;
}

/** What was there before a loop and is used in it stays until the loop's end. */
function extendOverLoops(interval: Interval): void {
  const { start } = interval;
  for (let { loop } = interval; loop !== undefined && start < loop.first * 2; loop = loop.outer) {
    interval.end = loop.last * 2 + 1;
  }
}
