// Pointers to addresses: a register and a distance. Sums of a base and terms are shared by whoever needs them.

import type { Value } from "#engine/graph/kernel.ts";
import { addressOf } from "#engine/target/address.ts";
import { memoryAt, type Memory, type Register } from "#engine/target/machine/instruction.ts";
import type { Selection } from "./selection.ts";

/** The memory operand at `pointer + offset`. */
export function selectAddress(s: Selection, pointer: Value, offset: number): Memory {
  const { base, terms, constant } = addressOf(pointer, offset);
  return memoryAt(sumOf(s, base, terms), constant);
}

/** Makes `into` hold a pointer. */
export function pointerInto(s: Selection, pointer: Value, into: Register): void {
  const { base, terms, constant } = addressOf(pointer, 0);
  const last = terms.at(-1);
  if (constant === 0 && last !== undefined) addTerm(s, sumOf(s, base, terms.slice(0, -1)), last, into);
  else {
    const sum = sumOf(s, base, terms);
    if (constant === 0) s.move(sum, into, 64);
    else s.emit("addImmediate", 64, [into, sum], { immediate: constant });
  }
}

function sumOf(s: Selection, base: Value, terms: readonly Value[]): Register {
  const last = terms.at(-1);
  if (last === undefined) return base.kind === "scratch" ? s.scratch : s.register(base);
  const start: Value = base.kind === "scratch" ? { ...base, offset: 0 } : base;
  const whole = terms.reduce<Value>((pointer, bytes) => ({ kind: "offset", type: "pointer", pointer, bytes }), start);
  return s.shared(s.numbers.of(whole), "pointer", (into) => {
    addTerm(s, sumOf(s, base, terms.slice(0, -1)), last, into);
  });
}

function addTerm(s: Selection, sum: Register, term: Value, into: Register): void {
  const { factor, shift } = scaled(term);
  s.emit("addWide", 64, [into, sum, s.register(factor)], { immediate: shift });
}

/** A term as a number shifted as far as a sum can shift it. */
function scaled(term: Value): { readonly factor: Value; readonly shift: number } {
  if (term.kind === "binary" && term.y.kind === "constant") {
    const { operation, x, y } = term;
    const shift = operation === "multiply" ? Math.log2(y.value) : operation === "shiftLeft" ? y.value : -1;
    if (Number.isInteger(shift) && shift >= 0 && shift <= 4) return { factor: x, shift };
  }
  return { factor: term, shift: 0 };
}
