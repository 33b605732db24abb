// Shuffles of two vectors: the patterns that one instruction does, and the general case.

import { BugError } from "#engine/base/error.ts";
import type { Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import type { Selection } from "./selection.ts";

type Shuffle = Extract<Value, { kind: "shuffle" }>;

/** Makes `into` hold lanes of two vectors in a new order. */
export function shuffleInto(s: Selection, { x, y, order }: Shuffle, into: Register): void {
  if (order.length !== s.lanes)
    throw new BugError(`A shuffle of ${order.length} lanes, where vectors have ${s.lanes}.`);
  const [left, right] = registersOf(s, x, y);
  const operands = [into, left, right];
  const inQuarters = quarterPattern(order);
  const ofQuarters = wholeQuarters(order);
  if (inQuarters !== undefined && "name" in inQuarters) s.emit(inQuarters.name, s.vectorBits, operands);
  else if (inQuarters !== undefined) s.emit("vshufps", s.vectorBits, operands, inQuarters);
  else if (ofQuarters !== undefined && !s.hasMasks) {
    const immediate = (ofQuarters[0] ?? 0) | ((ofQuarters[1] ?? 0) << 4);
    s.emit("vperm2f128", 256, operands, { immediate });
  } else if (ofQuarters !== undefined && isTwoAndTwo(ofQuarters)) {
    const immediate = ofQuarters.reduce((sum, quarter, index) => sum | ((quarter & 3) << (index * 2)), 0);
    s.emit("vshuff32x4", 512, operands, { immediate });
  } else if (s.hasMasks) permuteTwo(s, { left, right, order, into });
  else permuteAndBlend(s, { left, right, order, into });
}

/** What happens to each 128 bits, if the same everywhere, as one instruction. */
function quarterPattern(
  order: readonly number[],
): { readonly name: string } | { readonly immediate: number } | undefined {
  const lanes = order.length;
  const first = order.slice(0, 4);
  const isSame = order.every((lane, index) => lane === (first[index % 4] ?? -1) + Math.floor(index / 4) * 4);
  if (!isSame || first.some((lane) => lane % lanes > 3)) return undefined;
  const key = first.map((lane) => (lane >= lanes ? `y${lane - lanes}` : `x${lane}`)).join("");
  if (key === "x0y0x1y1") return { name: "vunpcklps" };
  if (key === "x2y2x3y3") return { name: "vunpckhps" };
  const fits = first.every((lane, index) => lane >= lanes === index > 1);
  return fits ? { immediate: first.reduce((sum, lane, index) => sum | ((lane & 3) << (index * 2)), 0) } : undefined;
}

/** Which 128 bits of x and y the result is made of, if of whole ones. */
function wholeQuarters(order: readonly number[]): number[] | undefined {
  const quarters: number[] = [];
  for (let index = 0; index < order.length; index += 4) {
    const start = order[index] ?? 0;
    const isWhole = start % 4 === 0 && [1, 2, 3].every((step) => order[index + step] === start + step);
    if (!isWhole) return undefined;
    quarters.push(start / 4);
  }
  return quarters;
}

/** Whether the lower half comes from x and the upper from y, four quarters each. */
function isTwoAndTwo(quarters: readonly number[]): boolean {
  return quarters.length === 4 && quarters.every((quarter, index) => quarter >= 4 === index > 1);
}

interface Permutation {
  readonly left: Register;
  readonly right: Register;
  readonly order: readonly number[];
  readonly into: Register;
}

function permuteTwo(s: Selection, { left, right, order, into }: Permutation): void {
  const result = s.fresh("vf32");
  const places = s.fresh("vi32");
  s.emit("vmovups", 512, [places, s.constantWords(order)]);
  s.move(left, result, 512);
  // Overwrites its first operand, the first of both tables.
  s.emit("vpermt2ps", 512, [result, places, right]);
  s.move(result, into, 512);
}

function permuteAndBlend(s: Selection, { left, right, order, into }: Permutation): void {
  const places = s.fresh("vi32");
  const [first, second] = [s.fresh("vf32"), s.fresh("vf32")];
  s.emit("vmovups", 256, [places, s.constantWords(order.map((lane) => lane % 8))]);
  s.emit("vpermps", 256, [first, places, left]);
  s.emit("vpermps", 256, [second, places, right]);
  const immediate = order.reduce((sum, lane, index) => sum | (lane > 7 ? 1 << index : 0), 0);
  s.emit("vblendps", 256, [into, first, second], { immediate });
}
