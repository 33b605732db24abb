// Which values go to and come from which memory.

import { BugError } from "#engine/base/error.ts";
import type { MemoryType, Value, ValueType } from "#engine/graph/kernel.ts";
import { convert } from "#engine/target/conversion.ts";
import type { Register } from "./instruction.ts";
import { holdLocal } from "./operands.ts";
import type { Selection } from "./selection.ts";

/** @throws BugError where memory does not hold values of a type */
export function checkMemoryType(memory: MemoryType, type: ValueType): void {
  const isFloatMemory = memory !== "i32" && memory !== "u8";
  if (isFloatMemory !== (type === "f32" || type === "vf32") || type === "pointer") {
    throw new BugError(`A kernel moves ${type} from or to ${memory}.`);
  }
}

/** The register to store: bf16 as its bits, in a vector register. */
export function storedRegister(s: Selection, memory: MemoryType, value: Value): Register {
  if (memory !== "bf16") return s.register(value);
  const wide: Value = value.type === "vf32" ? value : { kind: "splat", type: "vf32", x: value };
  return s.register(convert("f32ToBf16", holdLocal(s, wide)));
}
