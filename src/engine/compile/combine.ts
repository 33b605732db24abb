// Accumulators of reductions: their neutral start, one more value, several lanes into one. The order is fixed.

import type { ScalarType } from "#engine/graph/expression.ts";
import {
  binaryValue,
  fma,
  int,
  isVector,
  lane,
  selectValue,
  splat,
  type KernelBuilder,
  type Local,
  type Value,
} from "#engine/graph/kernel.ts";
import type { Combiner } from "#engine/graph/primitive.ts";

export interface Accumulator {
  readonly combiner: Combiner;
  /** The running result; of argmax the place. */
  readonly result: Local;
  /** Takes one more value; `place` is its position in the window (i32). */
  update(value: Value, place: Value): void;
}

/** A fresh accumulator. Its result has the type of the values, for argmax i32. */
export function identityOf(k: KernelBuilder, combiner: Combiner, type: ScalarType, wide: boolean): Accumulator {
  if (combiner === "argmax") return firstMaximum(k, wide);
  const result = k.variable(startOf(combiner, type, wide));
  return { combiner, result, update: (value) => k.set(result, combined(k, combiner, result, value)) };
}

/** Two results of one combiner into one. */
export function combine(k: KernelBuilder, accumulator: Accumulator, value: Value): Value {
  return combined(k, accumulator.combiner, accumulator.result, value);
}

/** All lanes into one, pairwise. */
export function combineLanes(k: KernelBuilder, accumulator: Accumulator, lanes: number): Value {
  let values = Array.from({ length: lanes }, (_, index) => lane(accumulator.result, index));
  while (values.length > 1) {
    const half = values.length / 2;
    const upper = values.slice(half);
    values = values
      .slice(0, half)
      .map((value, index) => k.let(combined(k, accumulator.combiner, value, upper[index] ?? value)));
  }
  return values[0] ?? accumulator.result;
}

function combined(k: KernelBuilder, combiner: Combiner, x: Value, y: Value): Value {
  switch (combiner) {
    case "sum":
      return isFloatProduct(y) ? fma(y.x, y.y, x) : binaryValue("add", x, y);
    case "product":
      return binaryValue("multiply", x, y);
    case "max":
    case "min": {
      const operation = combiner === "max" ? "maximum" : "minimum";
      if (x.type === "f32" || x.type === "vf32") return binaryValue(operation, x, y);
      const a = k.let(x);
      const b = k.let(y);
      const isLess = binaryValue("less", a, b);
      return combiner === "max" ? selectValue(isLess, b, a) : selectValue(isLess, a, b);
    }
    default:
      return y;
  }
}

/** Whether a value is a product that an addition may take as it is. */
function isFloatProduct(value: Value): value is Extract<Value, { kind: "binary" }> {
  return value.kind === "binary" && value.operation === "multiply" && (value.type === "f32" || value.type === "vf32");
}

function startOf(combiner: Combiner, type: ScalarType, wide: boolean): Value {
  const isFloat = type === "f32";
  const lowest = isFloat ? -Infinity : -(2 ** 31);
  const highest = isFloat ? Infinity : 2 ** 31 - 1;
  const value = { sum: 0, product: 1, max: lowest, min: highest, argmax: 0 }[combiner];
  const scalar = isFloat ? "f32" : "i32";
  return { kind: "constant", type: wide ? (isFloat ? "vf32" : "vi32") : scalar, value };
}

/** The first place of the maximum; NaN counts as larger than everything. */
function firstMaximum(k: KernelBuilder, wide: boolean): Accumulator {
  const best = k.variable(startOf("max", "f32", wide));
  const result = k.variable(wide ? splat(int(0)) : int(0));
  const isNaN = (value: Value): Value => binaryValue("notEqual", value, value);
  return {
    combiner: "argmax",
    result,
    update: (value, place) => {
      const next = k.let(
        value.type === "i32" || value.type === "vi32"
          ? { kind: "unary", type: wide ? "vf32" : "f32", operation: "toF32", x: value }
          : value,
      );
      const isKnown = binaryValue("equal", best, best);
      const isLarger = k.let(
        binaryValue("or", binaryValue("less", best, next), binaryValue("and", isNaN(next), isKnown)),
      );
      k.set(result, selectValue(isLarger, isVector(result.type) ? splat(place) : place, result));
      k.set(best, selectValue(isLarger, next, best));
    },
  };
}
