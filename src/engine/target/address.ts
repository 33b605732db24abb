// Splits a pointer into a base, terms computed at run time and a constant, so that constants become immediates.
// Emits nothing.

import type { Value } from "#engine/graph/kernel.ts";

/** `base + terms + constant`, modulo 2^32. */
export interface Address {
  readonly base: Value;
  readonly terms: readonly Value[];
  readonly constant: number;
}

/** A sum of an i32 and a constant, modulo 2^32; no value means 0. */
interface Sum {
  readonly rest: Value | undefined;
  readonly constant: number;
}

/** Takes a pointer apart. */
export function addressOf(pointer: Value, offset: number): Address {
  const terms: Value[] = [];
  let constant = offset;
  let base = pointer;
  while (base.kind === "offset") {
    const sum = splitSum(base.bytes);
    if (sum.rest !== undefined) terms.unshift(sum.rest);
    constant = (constant + sum.constant) | 0;
    base = base.pointer;
  }
  if (base.kind === "scratch") constant = (constant + base.offset) | 0;
  return { base, terms, constant };
}

function splitSum(value: Value): Sum {
  if (value.kind === "constant") return { rest: undefined, constant: value.value | 0 };
  if (value.kind !== "binary" || value.type !== "i32") return { rest: value, constant: 0 };
  switch (value.operation) {
    case "add":
      return combine(value, splitSum(value.x), splitSum(value.y));
    case "subtract": {
      if (value.y.kind !== "constant") return { rest: value, constant: 0 };
      const sum = splitSum(value.x);
      return { rest: sum.rest, constant: (sum.constant - value.y.value) | 0 };
    }
    case "multiply":
      if (value.y.kind === "constant") return scale(value, value.x, value.y.value);
      if (value.x.kind === "constant") return scale(value, value.y, value.x.value);
      return { rest: value, constant: 0 };
    case "shiftLeft":
      if (value.y.kind === "constant") return scale(value, value.x, 1 << value.y.value);
      return { rest: value, constant: 0 };
    default:
      return { rest: value, constant: 0 };
  }
}

function combine(whole: Value, left: Sum, right: Sum): Sum {
  const constant = (left.constant + right.constant) | 0;
  if (left.rest === undefined) return { rest: right.rest, constant };
  if (right.rest === undefined) return { rest: left.rest, constant };
  if (left.constant === 0 && right.constant === 0) return { rest: whole, constant: 0 };
  return { rest: { kind: "binary", type: "i32", operation: "add", x: left.rest, y: right.rest }, constant };
}

function scale(whole: Value, factor: Value, by: number): Sum {
  const sum = splitSum(factor);
  if (sum.constant === 0 && sum.rest !== undefined) return { rest: whole, constant: 0 };
  const constant = Math.imul(sum.constant, by);
  if (sum.rest === undefined) return { rest: undefined, constant };
  const y: Value = { kind: "constant", type: "i32", value: by };
  return { rest: { kind: "binary", type: "i32", operation: "multiply", x: sum.rest, y }, constant };
}
