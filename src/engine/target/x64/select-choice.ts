// Selects: both values are evaluated, one is kept. Vectors choose by masks, scalars by conditional moves and masks.

import type { Value } from "#engine/graph/kernel.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { operandsOf } from "./operands.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { compareOrTest } from "./select-branch.ts";
import { compareIntoBits, isVectorComparison, k1 } from "./select-compare.ts";
import type { Selection } from "./selection.ts";

type Select = Extract<Value, { kind: "select" }>;

/** Chooses lane by lane. */
export function maskSelectInto(s: Selection, value: Select, into: Register): void {
  const { condition, x, y } = withoutNot(value);
  if (s.hasMasks) {
    const [other, chosen] = operandsOf(s, y, x);
    maskIntoBits(s, condition);
    s.emit("vblendmps", s.vectorBits, [into, other, chosen], { mask: k1 });
    return;
  }
  const mask = s.register(condition);
  const [other, chosen] = operandsOf(s, y, x);
  s.emit("vblendvps", 256, [into, other, chosen, mask]);
}

function withoutNot({ condition, x, y }: Select): Pick<Select, "condition" | "x" | "y"> {
  const isOpposite = condition.kind === "unary" && condition.operation === "not";
  return isOpposite ? { condition: condition.x, x: y, y: x } : { condition, x, y };
}

function maskIntoBits(s: Selection, condition: Value): void {
  if (isVectorComparison(condition)) compareIntoBits(s, condition);
  else s.emit("vpmovd2m", s.vectorBits, [k1, s.register(condition)]);
}

/** Chooses one of two scalars by an i32, or of two vectors. */
export function scalarSelectInto(s: Selection, value: Select, into: Register): void {
  const { condition, x, y } = value;
  const bits = s.bitsOf(value.type);
  if (into.bank === "general") {
    const [chosen, other] = registersOf(s, x, y);
    const result = s.fresh(value.type);
    const code = compareOrTest(s, floatTruth(s, condition));
    s.move(other, result, bits);
    s.emit("cmovcc", bits, [result, chosen], { condition: code });
    s.move(result, into, bits);
    return;
  }
  const [chosen, other] = registersOf(s, x, y);
  const isOther = zeroMask(s, condition, value);
  if (s.hasMasks) {
    s.emit("vpmovd2m", bits, [k1, isOther]);
    s.emit("vblendmps", bits, [into, chosen, other], { mask: k1 });
  } else s.emit("vblendvps", bits, [into, chosen, other, isOther]);
}

/** A condition whose comparison of floats is evaluated already, so that flags are set by integers alone. */
function floatTruth(s: Selection, condition: Value): Value {
  if (condition.kind !== "binary" || condition.x.type !== "f32") return condition;
  const local = s.newLocal("i32");
  s.into(condition, s.localRegister(local.id));
  return local;
}

/** A vector whose lanes are -1 where an i32 is 0. */
function zeroMask(s: Selection, condition: Value, { type }: Select): Register {
  const register = s.register(condition);
  const mask = s.fresh("i32");
  const first = s.fresh("f32");
  s.emit("test", 32, [register, register]);
  s.emit("setcc", 32, [mask], { condition: 4 });
  s.emit("movzx8", 32, [mask, mask]);
  s.emit("neg", 32, [mask]);
  s.emit("vmovd", 128, [first, mask]);
  if (type === "f32") return first;
  const all = s.fresh(type);
  s.emit("vpbroadcastd", s.vectorBits, [all, first]);
  return all;
}
