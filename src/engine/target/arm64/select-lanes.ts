// Between scalars and vectors: splat, one lane, a vector of scalars, and shuffles of two vectors.

import { BugError } from "#engine/base/error.ts";
import type { Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { wordOf } from "#engine/target/machine/selection.ts";
import type { Selection } from "./selection.ts";

type LaneValue = Extract<Value, { kind: "splat" | "lane" | "vector" | "shuffle" }>;

/** Makes `into` hold a splat, a lane, a vector or a shuffle. */
export function lanesInto(s: Selection, value: LaneValue, into: Register): void {
  switch (value.kind) {
    case "splat":
      splatInto(s, s.register(value.x), into);
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

/** A scalar in every lane. */
export function splatInto(s: Selection, from: Register, into: Register): void {
  s.emit(from.bank === "vector" ? "dupLane" : "dupFrom", 128, [into, from]);
}

function laneInto(s: Selection, { x, lane, type }: Extract<Value, { kind: "lane" }>, into: Register): void {
  const whole = s.register(x);
  if (type === "i32") s.emit("umov", 32, [into, whole], { immediate: lane });
  else if (lane === 0) s.move(whole, into, 128);
  else s.emit("dupLane", 32, [into, whole], { immediate: lane });
}

function vectorInto(s: Selection, { lanes, type }: Extract<Value, { kind: "vector" }>, into: Register): void {
  const words = lanes.map((lane) => (lane.kind === "constant" ? wordOf(lane.type, lane.value) : undefined));
  if (words.every((word) => word !== undefined)) {
    s.emit("vldr", 128, [into, s.constantWords(words)]);
    return;
  }
  const result = s.fresh(type);
  const registers = lanes.map((lane) => s.register(lane));
  registers.forEach((from, index) => {
    if (index === 0) splatInto(s, from, result);
    else if (from.bank === "vector") s.emit("insLane", 128, [result, from], { immediate: index * 4 });
    else s.emit("insFrom", 128, [result, from], { immediate: index });
  });
  s.move(result, into, 128);
}

/** Orders that one instruction makes, lanes of the second vector counted from 4. */
const patterns: ReadonlyMap<string, string> = new Map([
  ["0415", "zip1"],
  ["2637", "zip2"],
  ["0246", "uzp1"],
  ["1357", "uzp2"],
  ["0426", "trn1"],
  ["1537", "trn2"],
  ["0145", "zip1Pairs"],
  ["2367", "zip2Pairs"],
]);

function shuffleInto(s: Selection, { x, y, order }: Extract<Value, { kind: "shuffle" }>, into: Register): void {
  if (order.length !== 4) throw new BugError(`A shuffle of ${order.length} lanes, where vectors have 4.`);
  const [left, right] = registersOf(s, x, y);
  const swapped = order.map((lane) => (lane + 4) % 8);
  const name = patterns.get(order.join(""));
  const swappedName = patterns.get(swapped.join(""));
  const [first = 0] = order;
  if (name !== undefined) s.emit(name, 128, [into, left, right]);
  else if (swappedName !== undefined) s.emit(swappedName, 128, [into, right, left]);
  else if (order.every((lane, index) => lane === (first + index) % 8)) {
    const [near, far] = first < 4 ? [left, right] : [right, left];
    s.emit("ext", 128, [into, near, far], { immediate: (first % 4) * 4 });
  } else laneByLane(s, [left, right], order, into);
}

/** Begins with the vector that has more lanes in place and moves the others. */
function laneByLane(s: Selection, from: readonly [Register, Register], order: readonly number[], into: Register): void {
  const numInPlace = (start: number): number => order.filter((lane, index) => lane === start + index).length;
  const start = numInPlace(4) > numInPlace(0) ? 4 : 0;
  const result = s.fresh("vi32");
  s.move(start === 0 ? from[0] : from[1], result, 128);
  order.forEach((lane, index) => {
    if (lane === start + index) return;
    s.emit("insLane", 128, [result, lane < 4 ? from[0] : from[1]], { immediate: index * 4 + (lane % 4) });
  });
  s.move(result, into, 128);
}
