// The second kernel of a contraction whose depth was split.

import { sizeOf, stridesOf } from "#engine/base/shape.ts";
import { axis, plus, read, times, type Expression } from "#engine/graph/expression.ts";
import type { TargetTraits } from "#engine/graph/kernel.ts";
import { emitLoops } from "#engine/compile/emit-loops.ts";
import type { Group } from "#engine/compile/group.ts";
import type { Step, StepBuffer } from "#engine/compile/step.ts";

/** Sums the parts of a split contraction in order and evaluates the epilogue. */
export function joinSplits(group: Group, numSplits: number, partial: StepBuffer, traits: TargetTraits): Step[] {
  const strides = stridesOf(group.space);
  let place: Expression = times(axis(group.space.length), sizeOf(group.space));
  group.space.forEach((_, number) => {
    place = plus(place, times(axis(number), strides[number] ?? 1));
  });
  const joined: Group = {
    ...group,
    name: `${group.name} (join)`,
    contraction: undefined,
    window: [numSplits],
    reductions: [{ combiner: "sum", type: "f32", value: read(group.inputs.length, [place], "f32") }],
  };
  return emitLoops(joined, traits, [partial]);
}
