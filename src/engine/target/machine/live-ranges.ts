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
}

export interface LiveRanges {
  /** By start. */
  readonly intervals: readonly Interval[];
  /** Times `[from, to]` at which a physical general register is not free, by its number. */
  readonly claims: ReadonlyMap<number, readonly (readonly [from: number, to: number])[]>;
}

interface Loop {
  readonly from: number;
  readonly to: number;
}

/** What an access counts, by the number of loops around it: eight times as much in each further one. */
const weights = Array.from({ length: 8 }, (_, depth) => 8 ** depth);
const deepest = 8 ** weights.length;

export function liveRanges(instructions: readonly Instruction[], { visitRegisters }: Architecture): LiveRanges {
  const loops = loopsOf(instructions);
  const depths = depthsOf(instructions.length, loops);
  const intervals: Interval[] = [];
  const byNumber: (Interval | undefined)[] = [];
  const claims = new Map<number, [number, number][]>();
  let [at, weight] = [0, 1];
  const visit: Visit = ({ number, bank }, isRead, isWritten) => {
    if (number < firstVirtual) {
      if (bank === "general") claim(claims, number, at, { isRead, isWritten });
      return;
    }
    const start = isRead ? at * 2 : at * 2 + 1;
    const end = isWritten ? at * 2 + 1 : at * 2;
    const known = byNumber[number - firstVirtual];
    if (known === undefined) {
      const interval = { number, bank, start, end, weight };
      intervals.push(interval);
      byNumber[number - firstVirtual] = interval;
    } else {
      known.end = Math.max(known.end, end);
      known.start = Math.min(known.start, start);
      known.weight += weight;
    }
  };
  for (const instruction of instructions) {
    weight = weights[depths[at] ?? 0] ?? deepest;
    visitRegisters(instruction, visit);
    at += 1;
  }
  for (const interval of intervals) extendOverLoops(interval, loops);
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

/** Loops, inner ones first: each jump backwards ends one. */
function loopsOf(instructions: readonly Instruction[]): Loop[] {
  const places = new Map<number, number>();
  const loops: Loop[] = [];
  instructions.forEach(({ name, label }, at) => {
    if (label === undefined) return;
    if (name === "label") places.set(label, at);
    const from = name === "label" ? undefined : places.get(label);
    if (from !== undefined) loops.push({ from: from * 2, to: at * 2 + 1 });
  });
  return loops;
}

function depthsOf(length: number, loops: readonly Loop[]): Int32Array {
  const depths = new Int32Array(length + 1);
  for (const { from, to } of loops) {
    depths[from / 2] = (depths[from / 2] ?? 0) + 1;
    const after = (to - 1) / 2 + 1;
    depths[after] = (depths[after] ?? 0) - 1;
  }
  for (let at = 1; at < length; at += 1) depths[at] = (depths[at] ?? 0) + (depths[at - 1] ?? 0);
  return depths;
}

/** What was there before a loop and is used in it stays until the loop's end. */
function extendOverLoops(interval: Interval, loops: readonly Loop[]): void {
  for (const { from, to } of loops) {
    if (interval.start < from && interval.end >= from && interval.end < to) interval.end = to;
  }
}
