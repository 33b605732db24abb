// Values to instructions: evaluates trees into virtual registers. A value's own register is written last, after all of
// its operands were read, so that a local may be set to a value that reads it.

import { BugError } from "#engine/base/error.ts";
import { isVector, type Value } from "#engine/graph/kernel.ts";
import { conditionalInto } from "#engine/target/machine/conditions.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { pointerInto } from "./select-address.ts";
import { branchUnless } from "./select-branch.ts";
import { maskSelectInto, scalarSelectInto } from "./select-choice.ts";
import { floatBinaryInto, floatUnaryInto, multiplyAddInto } from "./select-float.ts";
import { integerBinaryInto, integerUnaryInto } from "./select-integer.ts";
import { lanesInto } from "./select-lanes.ts";
import { loadInto } from "./select-memory.ts";
import { integersBinaryInto, integersUnaryInto } from "./select-vector.ts";
import { wordOf } from "#engine/target/machine/selection.ts";
import type { Selection } from "./selection.ts";

/** Makes `into` hold a value. */
export function valueInto(s: Selection, value: Value, into: Register): void {
  switch (value.kind) {
    case "constant":
      constantInto(s, value, into);
      return;
    case "local":
    case "chunk":
    case "buffer":
      s.move(s.register(value), into, s.bitsOf(value.type));
      return;
    case "scratch":
    case "offset":
      pointerInto(s, value, into);
      return;
    case "load":
      loadInto(s, value, into);
      return;
    case "unary":
      unaryInto(s, value, into);
      return;
    case "binary":
      binaryInto(s, value, into);
      return;
    case "fma":
      multiplyAddInto(s, value, into);
      return;
    case "select":
      if (isVector(value.condition.type)) maskSelectInto(s, value, into);
      else scalarSelectInto(s, value, into);
      return;
    case "conditional":
      conditionalInto(s, branchUnless, value, into);
      return;
    default:
      lanesInto(s, value, into);
  }
}

type Constant = Extract<Value, { kind: "constant" }>;

function constantInto(s: Selection, value: Constant, into: Register): void {
  const word = wordOf(value.type, value.value);
  if (into.bank === "general") {
    s.emit("movImmediate", s.bitsOf(value.type), [into], { immediate: word });
  } else if (word === 0) s.emit("zero", 128, [into]);
  else if (value.type === "f32") s.emit("vmovss", 128, [into, s.constantWord(word)]);
  else s.emit("vbroadcastss", s.vectorBits, [into, s.constantWord(word)]);
}

function unaryInto(s: Selection, value: Extract<Value, { kind: "unary" }>, into: Register): void {
  const { type } = value.x;
  if (type === "f32" || type === "vf32") floatUnaryInto(s, value, into);
  else if (type === "vi32") integersUnaryInto(s, value, into);
  else if (type === "i32") integerUnaryInto(s, value, into);
  else throw new BugError(`There is no ${value.operation} of ${type}.`);
}

function binaryInto(s: Selection, value: Extract<Value, { kind: "binary" }>, into: Register): void {
  const { type } = value.x;
  if (type === "f32" || type === "vf32") floatBinaryInto(s, value, into);
  else if (type === "vi32") integersBinaryInto(s, value, into);
  else if (type === "i32") integerBinaryInto(s, value, into);
  else throw new BugError(`There is no ${value.operation} of ${type}.`);
}
