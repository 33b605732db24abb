// Where a network can be cut so that a single value passes from one part to the next: what a gradient needs to compute a part
// once more. Knows calls alone.

import type { Network } from "./network.ts";

/** Calls from `from` to before `to`, which take one value from before and give one to those after. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  /** Numbers of values: what it takes, the first that its calls give, and what it gives. */
  readonly input: number;
  readonly firstValue: number;
  readonly output: number;
}

/**
 * The parts of a network that are worth computing again for its gradient: each block between two such cuts, and of layers in a
 * row as many together as there are parts then, which keeps the least. What gives the network's output is none of them.
 * @source Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost
 */
export function segmentsOf(network: Network): Segment[] {
  const all = finestSegments(network);
  const last = all.at(-1);
  const parts: Segment[] = [];
  let row: Segment[] = [];
  const finishRow = (): void => {
    const length = Math.ceil(Math.sqrt(row.length));
    for (let at = 0; at < row.length; at += length) {
      const [first, end] = [row[at], row[Math.min(row.length, at + length) - 1]];
      if (first !== undefined && end !== undefined && end !== first)
        parts.push({ ...first, to: end.to, output: end.output });
    }
    row = [];
  };
  for (const segment of all) {
    if (segment.to - segment.from === 1) {
      row.push(segment);
      continue;
    }
    finishRow();
    parts.push(segment);
  }
  finishRow();
  return parts.filter(({ to }) => to !== last?.to);
}

/** From each cut to the next. */
function finestSegments({ calls, outputs }: Network): Segment[] {
  const lastUse = new Map<number, number>();
  calls.forEach(({ inputs }, call) => inputs.forEach((value) => lastUse.set(value, call)));
  for (const value of outputs) lastUse.set(value, calls.length);
  const segments: Segment[] = [];
  const live = new Set<number>();
  let numValues = 0;
  let cut: { readonly call: number; readonly value: number; readonly numValues: number } | undefined;
  calls.forEach(({ outputs: given, inputs }, call) => {
    for (let count = 0; count < given.length; count += 1) live.add(numValues + count);
    numValues += given.length;
    for (const value of live) if ((lastUse.get(value) ?? -1) <= call) live.delete(value);
    const [value, ...others] = live;
    // Before an input is taken, something else is to come.
    const isCut = value !== undefined && others.length === 0 && !hasInputAfter(calls, call);
    if (!isCut) return;
    if (cut !== undefined && inputs.length > 0) {
      segments.push({
        from: cut.call + 1,
        to: call + 1,
        input: cut.value,
        firstValue: cut.numValues,
        output: value,
      });
    }
    cut = { call, value, numValues };
  });
  return segments;
}

function hasInputAfter(calls: Network["calls"], call: number): boolean {
  return calls.slice(call + 1).some(({ inputs }) => inputs.length === 0);
}
