// Quotients and remainders of i32: by shifts and products where the divisor is known, else by the slow instruction.

import type { Value } from "#engine/graph/kernel.ts";
import { condition as code, rax, rdx } from "./instruction.ts";
import type { Register } from "#engine/target/machine/instruction.ts";
import { registersOf } from "#engine/target/machine/operands.ts";
import { reciprocalOf } from "#engine/target/machine/reciprocal.ts";
import type { Selection } from "./selection.ts";

type Binary = Extract<Value, { kind: "binary" }>;

/** Makes `into` hold a quotient or remainder; false where the operation is none. */
export function divideInto(s: Selection, value: Binary, into: Register): boolean {
  const { operation, x, y } = value;
  switch (operation) {
    case "divide":
    case "remainder":
      signedInto(s, value, into);
      return true;
    case "divideUnsigned":
    case "remainderUnsigned": {
      const isQuotient = operation === "divideUnsigned";
      if (y.kind === "constant" && y.value > 0) byConstantInto(s, value, y.value, into);
      else {
        const [left, right] = registersOf(s, x, y);
        machineDivide(s, "div", { left, right, isQuotient, into });
      }
      return true;
    }
    default:
      return false;
  }
}

interface Division {
  readonly left: Register;
  readonly right: Register;
  readonly isQuotient: boolean;
  readonly into: Register;
}

/** The dividend in edx:eax; quotient to eax, remainder to edx. */
function machineDivide(s: Selection, name: "div" | "idiv", { left, right, isQuotient, into }: Division): void {
  s.emit("mov", 32, [rax, left]);
  if (name === "idiv") s.emit("cdq", 32, []);
  else s.emit("movImmediate", 32, [rdx], { immediate: 0 });
  s.emit(name, 32, [right]);
  s.emit("mov", 32, [into, isQuotient ? rax : rdx]);
}

/** The machine traps for the smallest integer by -1, ours wraps. */
function signedInto(s: Selection, { operation, x, y }: Binary, into: Register): void {
  const [left, right] = registersOf(s, x, y);
  const isQuotient = operation === "divide";
  const division = { left, right, isQuotient, into };
  if (y.kind === "constant" && y.value !== -1) {
    machineDivide(s, "idiv", division);
    return;
  }
  const usual = s.label();
  const end = s.label();
  s.emit("cmpImmediate", 32, [right], { immediate: -1 });
  s.emit("jcc", 32, [], { condition: code.notEqual, label: usual });
  if (isQuotient) {
    s.move(left, into, 32);
    s.emit("neg", 32, [into]);
  } else s.emit("movImmediate", 32, [into], { immediate: 0 });
  s.jump(end);
  s.place(usual);
  machineDivide(s, "idiv", division);
  s.place(end);
}

function byConstantInto(s: Selection, { operation, x, y }: Binary, divisor: number, into: Register): void {
  const isQuotient = operation === "divideUnsigned";
  const exponent = Math.log2(divisor);
  const left = s.register(x);
  if (Number.isInteger(exponent)) {
    s.move(left, into, 32);
    if (isQuotient && exponent > 0) s.emit("shr", 32, [into], { immediate: exponent });
    else if (!isQuotient) s.emit("andImmediate", 32, [into], { immediate: divisor - 1 });
    return;
  }
  if (!s.isNonNegative(x)) {
    machineDivide(s, "div", { left, right: s.register(y), isQuotient, into });
    return;
  }
  if (isQuotient) {
    quotientByProduct(s, left, divisor, into);
    return;
  }
  // As a value of its own: whoever takes a remainder mostly takes the quotient, too.
  const quotient = s.register({ kind: "binary", type: "i32", operation: "divideUnsigned", x, y });
  const rest = s.fresh("i32");
  const multiple = s.fresh("i32");
  s.emit("imulImmediate", 32, [multiple, quotient], { immediate: divisor });
  s.move(left, rest, 32);
  s.emit("sub", 32, [rest, multiple]);
  s.move(rest, into, 32);
}

/** ⌊x / divisor⌋ for 0 ≤ x < 2³¹. */
function quotientByProduct(s: Selection, x: Register, divisor: number, into: Register): void {
  const { factor, shift } = reciprocalOf(divisor);
  const product = s.fresh("pointer");
  s.emit("movImmediate", 32, [product], { immediate: factor });
  s.emit("imul", 64, [product, x]);
  s.emit("shr", 64, [product], { immediate: shift });
  s.move(product, into, 32);
}
