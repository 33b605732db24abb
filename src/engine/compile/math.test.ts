// The functions of one number against float64, on every machine.
import { expect, test } from "vitest";
import { decodeBf16, decodeF16, encodeBf16, encodeF16 } from "#engine/base/half.ts";
import { compute, machines, spreadFloats, ulpsBetween, type Machine } from "../../../test/kernels/elementwise.ts";
import { emitRoundBf16, emitRoundF16, emitSign, emitToU8, emitTranscendental, type Transcendental } from "./math.ts";

/** What is emulated is slow: a sample. */
const countOf = (machine: Machine): number => (machine.startsWith("wasm") ? 65536 : 4096);

/** Every exponent and sign, and as many numbers between -32 and 32. */
function numbersFor(machine: Machine): Float32Array<ArrayBuffer> {
  const count = countOf(machine);
  const all = Float32Array.from(spreadFloats(2 * count), (x) => (Math.abs(x) < 2 ** -126 ? x / Infinity : x));
  for (let index = 0; index < count; index += 1) all[2 * index + 1] = ((index - count / 2) / count) * 64 + 1e-5;
  return all;
}

/** erf x by its series of positive terms. */
function erf(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) >= 6 || x === 0) return x === 0 ? x : Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const operations: readonly Transcendental[] = ["exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "erf"];

test.for(machines)("transcendental functions are within 2 ulp: %s", (machine) => {
  const numbers = numbersFor(machine);
  for (const operation of operations) {
    const exact = operation === "erf" ? erf : Math[operation];
    const isCircular = operation === "sin" || operation === "cos";
    const x = isCircular ? numbers.map((value) => (Math.abs(value) > 32768 ? value % 32768 : value)) : numbers;
    const result = compute(machine, (k, value) => emitTranscendental(k, operation, value), [x], x.slice());
    const wrong = result.findIndex((value, index) => !(ulpsBetween(value, exact(x[index]!)) <= 2));
    expect(wrong, `${operation} of ${x[wrong]} is ${result[wrong]}`).toBe(-1);
  }
});

test.for(machines)("sine and cosine stay between -1 and 1 for any number: %s", (machine) => {
  const x = spreadFloats(countOf(machine));
  for (const operation of ["sin", "cos"] as const) {
    const result = compute(machine, (k, value) => emitTranscendental(k, operation, value), [x], x.slice());
    const isBounded = (value: number, index: number): boolean =>
      Number.isFinite(x[index]) ? Math.abs(value) <= 1 : Number.isNaN(value);
    expect(result.findIndex((value, index) => !isBounded(value, index))).toBe(-1);
  }
});

test.for(machines)("sign, rounding to 16 bits, saturation are exact: %s", (machine) => {
  const floats = spreadFloats(countOf(machine));
  const integers = Int32Array.from(floats, (_, index) => (index - countOf(machine) / 2) * (index % 3));
  const cases = [
    { emit: emitSign, x: floats, exact: Math.sign },
    { emit: emitRoundF16, x: floats, exact: (x: number) => decodeF16(encodeF16(x)) },
    { emit: emitRoundBf16, x: floats, exact: (x: number) => decodeBf16(encodeBf16(x)) },
    { emit: emitSign, x: integers, exact: Math.sign },
    { emit: emitToU8, x: integers, exact: (x: number) => Math.max(0, Math.min(255, x)) },
  ];
  for (const { emit, x, exact } of cases) {
    const result = compute(machine, (k, value) => emit(k, value), [x], x.slice());
    // Adding 0 makes both zeros one.
    const wrong = result.findIndex((value, index) => !Object.is(value + 0, exact(x[index]!) + 0));
    expect(wrong, `${emit.name} of ${x[wrong]} is ${result[wrong]}`).toBe(-1);
  }
});
