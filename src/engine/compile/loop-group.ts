// From the results of a loop that somebody reads to the group that computes them: carries, rows and constants that they do not
// need are left out.

import { BugError } from "#engine/base/error.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import { loopOf, type Loop } from "#engine/graph/loop.ts";
import type { Bound, Carry, LoopGroup, Stack } from "#engine/compile/group.ts";

/** The group of some results of one loop. @param memoryOf the node in whose memory an input lies */
export function loopGroup(results: readonly Node[], memoryOf: (node: Node) => Node): LoopGroup {
  const [first] = results;
  const loop = first && loopOf(first);
  if (first === undefined || loop === undefined) throw new BugError("A loop without results was compiled.");
  const last = new Map<number, Node>();
  const stacks: Stack[] = [];
  for (const node of results) {
    const own = loopOf(node);
    if (own === undefined) continue;
    const value = own.body.outputs[own.result];
    if (value === undefined) throw new BugError("A result of a loop is none of its body's outputs.");
    if (own.result < own.numCarries) last.set(own.result, node);
    else stacks.push({ value, rows: node });
  }
  const memories = first.inputs.map(memoryOf);
  const { carries, below } = liveCarries(loop, memories, { last, stacks });
  const bound = loop.body.parameters.map((parameter, index): Bound & { index: number } => {
    return { parameter, source: inputOf(memories, index), index };
  });
  const live = bound.filter(({ parameter }) => below.has(parameter));
  const constants = live.filter(({ index }) => index < loop.numConstants);
  const rows = live.filter(({ index }) => index >= loop.numConstants + loop.numCarries);
  const { length, isReversed } = loop;
  const sources = [...constants, ...rows].map(({ source }) => source);
  const inputs = [...new Set([...sources, ...carries.map(({ initial }) => initial)])];
  return { name: `loop ${length}`, length, isReversed, constants, rows, carries, stacks, inputs };
}

interface Wanted {
  readonly last: ReadonlyMap<number, Node>;
  readonly stacks: readonly Stack[];
}

/** Carries that are wanted, or that wanted values depend on, and all nodes below those. */
function liveCarries(
  { body, numConstants, numCarries }: Loop,
  inputs: readonly Node[],
  { last, stacks }: Wanted,
): { readonly carries: readonly Carry[]; readonly below: ReadonlySet<Node> } {
  const numbers = Array.from({ length: numCarries }, (_, index) => index);
  const isLive = new Set(last.keys());
  for (;;) {
    const next = body.outputs.filter((_node, index) => index < numCarries && isLive.has(index));
    const below = new Set(sortNodes([...next, ...stacks.map(({ value }) => value)]));
    const found = numbers.filter(
      (index) => !isLive.has(index) && below.has(inputOf(body.parameters, numConstants + index)),
    );
    if (found.length === 0) {
      const carries = numbers.filter((index) => isLive.has(index));
      return { carries: carries.map((index) => carryOf(index)), below };
    }
    for (const index of found) isLive.add(index);
  }
  function carryOf(index: number): Carry {
    return {
      parameter: inputOf(body.parameters, numConstants + index),
      initial: inputOf(inputs, numConstants + index),
      next: inputOf(body.outputs, index),
      last: last.get(index),
    };
  }
}

function inputOf(list: readonly Node[], index: number): Node {
  const node = list[index];
  if (node === undefined) throw new BugError(`A loop has no node ${index} of ${list.length}.`);
  return node;
}
