// Pointers to addresses: base, scaled index and displacement of one memory operand. Offsets are signed 32-bit numbers.

import type { Value } from "#engine/graph/kernel.ts";
import { addressOf } from "#engine/target/address.ts";
import { memoryAt, type Memory, type Register } from "#engine/target/machine/instruction.ts";
import type { Selection } from "./selection.ts";

type Scale = 1 | 2 | 4 | 8;

/** The memory operand at `pointer + offset`. */
export function selectAddress(s: Selection, pointer: Value, offset: number): Memory {
  const { base, terms, constant } = addressOf(pointer, offset);
  const start = base.kind === "scratch" ? s.scratch : s.register(base);
  let address = start;
  for (const term of terms.slice(0, -1)) {
    const sum = s.fresh("pointer");
    s.emit("lea", 64, [sum, indexed(s, address, term, 0)]);
    address = sum;
  }
  const last = terms.at(-1);
  return last === undefined ? memoryAt(address, constant) : indexed(s, address, last, constant);
}

function indexed(s: Selection, base: Register, term: Value, displacement: number): Memory {
  const { factor, scale } = scaled(term);
  return memoryAt(base, displacement, { index: wideIndex(s, factor), scale });
}

/** A term as a number times what an address can multiply by. */
function scaled(term: Value): { readonly factor: Value; readonly scale: Scale } {
  if (term.kind === "binary" && term.y.kind === "constant") {
    const by = term.operation === "multiply" ? term.y.value : term.operation === "shiftLeft" ? 1 << term.y.value : 1;
    if (by === 2 || by === 4 || by === 8) return { factor: term.x, scale: by };
  }
  return { factor: term, scale: 1 };
}

/** An i32 with its sign in 64 bits; the upper half of a register that holds an i32 is 0. */
function wideIndex(s: Selection, value: Value): Register {
  const narrow = s.register(value);
  if (s.isNonNegative(value)) return narrow;
  const number = s.numbers.of(value);
  // Of the same value in 64 bits: a number that no value has.
  return s.shared(number === undefined ? undefined : -number, "pointer", (wide) => {
    s.emit("movsxd", 64, [wide, narrow]);
  });
}

/** Makes `into` hold a pointer. */
export function pointerInto(s: Selection, pointer: Value, into: Register): void {
  const address = selectAddress(s, pointer, 0);
  if (address.index === undefined && address.base !== undefined) {
    if (address.displacement === 0) {
      s.move(address.base, into, 64);
      return;
    }
    if (address.base.number === into.number) {
      s.emit("addImmediate", 64, [into], { immediate: address.displacement });
      return;
    }
  }
  s.emit("lea", 64, [into, address]);
}
