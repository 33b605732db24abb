// Selects: both values are evaluated, one is kept.

import { isVector, type Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { compareOrTest } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Select = Extract<Value, { kind: "select" }>;

/** Chooses lane by lane, or one of two values by an i32. */
export function selectInto(s: Selection, value: Select, into: Register): void {
  const { condition, x, y, type } = value;
  if (isVector(condition.type)) {
    const mask = s.register(condition);
    choose(s, mask, registersOf(s, x, y), into);
    return;
  }
  const [chosen, other] = registersOf(s, x, y);
  const code = compareOrTest(s, condition);
  if (!isVector(type)) {
    const name = into.bank === "general" ? "csel" : "fcsel";
    s.emit(name, s.bitsOf(type), [into, chosen, other], { condition: code });
    return;
  }
  const [word, mask] = [s.fresh("i32"), s.fresh("vi32")];
  s.emit("csetMask", 32, [word], { condition: code ^ 1 });
  s.emit("dupFrom", 128, [mask, word]);
  choose(s, mask, [chosen, other], into);
}

/** Takes bits of the first where the mask has them set, else of the second. */
export function choose(s: Selection, mask: Register, operands: readonly [Register, Register], into: Register): void {
  const result = s.fresh("vi32");
  s.move(mask, result, 128);
  s.emit("bsl", 128, [result, ...operands]);
  s.move(result, into, 128);
}
