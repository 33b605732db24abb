// Comparisons: of vectors as masks of 0 or -1 in a register or, with AVX-512, as bits of k1; of f32 scalars as 0 or 1.

import { BugError } from "#engine/base/error.ts";
import type { KernelBinary, Value } from "#engine/graph/kernel.ts";
import { maskRegister } from "./instruction.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { operandsOf } from "./operands.ts";
import type { Selection } from "./selection.ts";

export type Binary = Extract<Value, { kind: "binary" }>;

/** The mask register that every masked instruction uses: written right before it. */
export const k1: Register = maskRegister(1);

const floatPredicates: Readonly<Partial<Record<KernelBinary, number>>> = {
  equal: 0x00, // ordered
  notEqual: 0x04, // or unordered
  less: 0x11,
  lessEqual: 0x12,
};
const integerPredicates: Readonly<Partial<Record<KernelBinary, number>>> = {
  equal: 0,
  less: 1,
  lessEqual: 2,
  notEqual: 4,
};

/** Whether a value is a comparison of vectors. */
export function isVectorComparison(value: Value): value is Binary {
  return value.kind === "binary" && value.type === "vi32" && floatPredicates[value.operation] !== undefined;
}

/** Compares vectors into k1. */
export function compareIntoBits(s: Selection, { operation, x, y }: Binary): void {
  const isFloat = x.type === "vf32";
  const immediate = (isFloat ? floatPredicates : integerPredicates)[operation] ?? unknown(operation);
  const [left, right] = operandsOf(s, x, y);
  s.emit(isFloat ? "vcmppsMask" : "vpcmpdMask", s.vectorBits, [k1, left, right], { immediate });
}

/** Makes `into` the mask of a comparison of vectors. */
export function compareInto(s: Selection, value: Binary, into: Register): void {
  const { operation, x, y } = value;
  if (s.hasMasks) {
    compareIntoBits(s, value);
    s.emit("vpmovm2d", s.vectorBits, [into, k1]);
    return;
  }
  if (x.type === "vf32") {
    const immediate = floatPredicates[operation] ?? unknown(operation);
    const [left, right] = operandsOf(s, x, y);
    s.emit("vcmpps", 256, [into, left, right], { immediate });
    return;
  }
  // AVX2 has = and > alone.
  const isOrder = operation === "less" || operation === "lessEqual";
  const isOpposite = operation === "notEqual" || operation === "lessEqual";
  const [left, right] = operation === "less" ? operandsOf(s, y, x) : operandsOf(s, x, y);
  const result = isOpposite ? s.fresh("vi32") : into;
  s.emit(isOrder ? "vpcmpgtd" : "vpcmpeqd", 256, [result, left, right]);
  if (isOpposite) invertInto(s, result, into);
}

/** All bits inverted. */
export function invertInto(s: Selection, from: Register, into: Register): void {
  s.emit("vxorps", s.vectorBits, [into, from, s.constantLanes({ kind: "constant", type: "vi32", value: -1 })]);
}

/** Makes `into` 1 where a comparison of two f32 holds, else 0. */
export function floatTruthInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const immediate = floatPredicates[operation] ?? unknown(operation);
  const [left, right] = operandsOf(s, x, y);
  if (s.hasMasks) {
    s.emit("vcmpssMask", 128, [k1, left, right], { immediate });
    s.emit("kmovwTo", 128, [into, k1]);
    return;
  }
  const mask = s.fresh("f32");
  const bits = s.fresh("i32");
  s.emit("vcmpss", 128, [mask, left, right], { immediate });
  s.emit("vmovdTo", 128, [bits, mask]);
  s.emit("andImmediate", 32, [bits], { immediate: 1 });
  s.move(bits, into, 32);
}

function unknown(operation: string): never {
  throw new BugError(`${operation} is no comparison.`);
}
