// Between scalars and vectors: splat, one lane, a vector of scalars. Shuffles are in select-shuffle.ts.

import type { Value } from "#engine/graph/kernel.ts";
import type { Operand, Register } from "#engine/target/machine/instruction.ts";
import { isFoldable, operandOf } from "./operands.ts";
import { shuffleInto } from "./select-shuffle.ts";
import { wordOf } from "#engine/target/machine/selection.ts";
import type { Selection } from "./selection.ts";

type LaneValue = Extract<Value, { kind: "splat" | "lane" | "vector" | "shuffle" }>;
type Vector = Extract<Value, { kind: "vector" }>;

/** Makes `into` hold a splat, a lane, a vector or a shuffle. */
export function lanesInto(s: Selection, value: LaneValue, into: Register): void {
  switch (value.kind) {
    case "splat":
      splatInto(s, value.x, into);
      return;
    case "lane":
      laneInto(s, value, into);
      return;
    case "vector":
      vectorInto(s, value, into);
      return;
    case "shuffle":
      shuffleInto(s, value, into);
      return;
    default:
      value satisfies never;
  }
}

function splatInto(s: Selection, x: Value, into: Register): void {
  if (isFoldable(s, x)) {
    s.emit("vbroadcastss", s.vectorBits, [into, operandOf(s, x)]);
    return;
  }
  const from = s.register(x);
  if (from.bank === "vector") s.emit("vbroadcastss", s.vectorBits, [into, from]);
  else if (s.hasMasks) s.emit("vpbroadcastdFrom", s.vectorBits, [into, from]);
  else {
    const first = s.fresh("f32");
    s.emit("vmovd", 128, [first, from]);
    s.emit("vpbroadcastd", s.vectorBits, [into, first]);
  }
}

function laneInto(s: Selection, { x, lane, type }: Extract<Value, { kind: "lane" }>, into: Register): void {
  const whole = s.register(x);
  const quarter = Math.floor(lane / 4);
  const within = lane % 4;
  let part = whole;
  if (quarter > 0) {
    part = type === "f32" && within === 0 ? into : s.fresh("f32");
    const name = s.hasMasks ? "vextractf32x4" : "vextractf128";
    s.emit(name, s.vectorBits, [part, whole], { immediate: quarter });
  }
  if (type === "i32") {
    if (within === 0) s.emit("vmovdTo", 128, [into, part]);
    else s.emit("vpextrd", 128, [into, part], { immediate: within });
  } else if (within > 0) s.emit("vpermilps", 128, [into, part], { immediate: within });
  else s.move(part, into, 128);
}

function vectorInto(s: Selection, value: Vector, into: Register): void {
  const words = value.lanes.map((lane) => (lane.kind === "constant" ? wordOf(lane.type, lane.value) : undefined));
  if (words.every((word) => word !== undefined)) {
    s.emit("vmovups", s.vectorBits, [into, s.constantWords(words)]);
    return;
  }
  const quarters = Array.from({ length: s.lanes / 4 }, (_, index) =>
    quarterOf(s, value.lanes.slice(index * 4, index * 4 + 4)),
  );
  const name = s.hasMasks ? "vinsertf32x4" : "vinsertf128";
  quarters.slice(1).reduce<Register>((sum, quarter, index) => {
    const isLast = index === quarters.length - 2;
    const next = isLast ? into : s.fresh(value.type);
    s.emit(name, s.vectorBits, [next, sum, quarter], { immediate: index + 1 });
    return next;
  }, quarters[0] ?? into);
}

/** Four scalars in 128 bits. */
function quarterOf(s: Selection, lanes: readonly Value[]): Register {
  const isFloat = lanes[0]?.type === "f32";
  let sum = s.fresh("vf32");
  lanes.forEach((lane, index) => {
    const next = index === 0 ? sum : s.fresh("vf32");
    const from = isFloat || isFoldable(s, lane) ? operandOf(s, lane) : s.register(lane);
    if (index === 0) firstLane(s, isFloat, from, next);
    else if (isFloat) s.emit("vinsertps", 128, [next, sum, from], { immediate: index << 4 });
    else s.emit("vpinsrd", 128, [next, sum, from], { immediate: index });
    sum = next;
  });
  return sum;
}

function firstLane(s: Selection, isFloat: boolean, from: Operand, into: Register): void {
  if (!isFloat) s.emit("vmovd", 128, [into, from]);
  else if (from.kind === "memory") s.emit("vmovss", 128, [into, from]);
  else s.move(from, into, 128);
}
