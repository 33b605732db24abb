// The loops of a program: which steps repeat which, and the same as a tree.

import type { KernelProgram, RepeatedSteps } from "#engine/graph/kernel.ts";

/** For each step the one of the first round that it repeats; itself outside of loops. */
export function firstRounds({ steps, loops = [] }: KernelProgram): number[] {
  return steps.map((_step, index) => {
    let first = index;
    for (const loop of loops) if (isWithin(first, loop)) first = loop.first + ((first - loop.first) % loop.numSteps);
    return first;
  });
}

/** For each step how often it is executed, counted where it is first. */
export function numRounds(program: KernelProgram): number[] {
  const counts = program.steps.map(() => 0);
  for (const first of firstRounds(program)) counts[first] = (counts[first] ?? 0) + 1;
  return counts;
}

/** A step by its number, or passages that repeat. */
export type Passage = number | { readonly count: number; readonly body: readonly Passage[] };

/** A program as its code runs through it. */
export function passagesOf({ steps, loops = [] }: KernelProgram): Passage[] {
  return passages(0, steps.length, loops);
}

function passages(from: number, to: number, loops: readonly RepeatedSteps[]): Passage[] {
  const result: Passage[] = [];
  for (let index = from; index < to;) {
    const position = loops.findIndex(({ first }) => first === index);
    const loop = loops[position];
    if (loop === undefined) {
      result.push(index);
      index += 1;
    } else {
      const { count, numSteps } = loop;
      result.push({ count, body: passages(index, index + numSteps, loops.slice(position + 1)) });
      index += count * numSteps;
    }
  }
  return result;
}

function isWithin(step: number, { first, numSteps, count }: RepeatedSteps): boolean {
  return step >= first && step < first + numSteps * count;
}
