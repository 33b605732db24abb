// How values become operands: in memory where an instruction can read them there, else in registers.

import type { Value } from "#engine/graph/kernel.ts";
import type { Operand, Register } from "#engine/target/machine/instruction.ts";
import { selectAddress } from "./select-address.ts";
import { needOf } from "#engine/target/machine/operands.ts";
import { wordOf } from "#engine/target/machine/selection.ts";
import type { Selection } from "./selection.ts";

/** The value as a last operand: memory where it is a load or a constant, else a register. */
export function operandOf(s: Selection, value: Value): Operand {
  if (value.kind === "constant" && value.type !== "i32" && value.type !== "pointer") {
    return value.type === "f32" ? s.constantWord(wordOf("f32", value.value)) : s.constantLanes(value);
  }
  if (!isFoldable(s, value)) return s.register(value);
  const address = selectAddress(s, value.pointer, value.offset);
  return value.splat ? { ...address, isBroadcast: true } : address;
}

type Load = Extract<Value, { kind: "load" }>;

/** Whether an instruction may read a value from memory as it lies. */
export function isFoldable(s: Selection, value: Value): value is Load {
  if (value.kind !== "load" || (value.memory !== "f32" && value.memory !== "i32")) return false;
  return !value.splat || s.hasMasks;
}

/** Whether a value costs no instruction as a last operand. */
export function isOperand(s: Selection, value: Value): boolean {
  return value.kind === "constant" || s.held(value) !== undefined || isFoldable(s, value);
}

/** As `registersOf`, the second perhaps in memory. */
export function operandsOf(s: Selection, x: Value, y: Value): readonly [Register, Operand] {
  if (isOperand(s, y) || needOf(y) <= needOf(x)) {
    const left = s.register(x);
    return [left, operandOf(s, y)];
  }
  const right = s.register(y);
  return [s.register(x), right];
}
