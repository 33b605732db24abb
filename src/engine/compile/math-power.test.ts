// power against float64, and IEEE 754's special cases, on every machine.
import { expect, test } from "vitest";
import { compute, machines, ulpsBetween } from "../../../test/kernels/elementwise.ts";
import { emitPower } from "./math-power.ts";

const special = [0, 1, 2, 3, 0.5, 2.5, 1e30, 16777215, 1.0000001192092896, 0.9999999403953552, 2 ** -126, Infinity];
const both = [...special, ...special.map((value) => -value), NaN];

/** IEEE 754's pow: JavaScript gives NaN for 1 to the power of NaN, and for 1 and -1 to an infinite power. */
function exactPower(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

test.for(machines)("power is within 2 ulp: %s", (machine) => {
  const count = machine.startsWith("wasm") ? 65536 : 4096;
  const x = Float32Array.from(
    { length: count },
    (_, index) => 2 ** (((index * 0.618034) % 1) * (index % 2 ? 2 : 240) - 1),
  );
  const y = x.map((base, index) => ((((index * 0.7548777) % 1) * 2 - 1) * 88.7) / Math.log(base));
  const pairs = both.flatMap((left) => both.map((right) => [left, right] as const));
  for (const [index, [left, right]] of pairs.entries()) [x[index], y[index]] = [left, right];
  const result = compute(machine, (k, base, exponent) => emitPower(k, base, exponent), [x, y], x.slice());
  const wrong = result.findIndex((value, index) => !(ulpsBetween(value, exactPower(x[index]!, y[index]!)) <= 2));
  expect(wrong, `${x[wrong]} to ${y[wrong]} is ${result[wrong]}`).toBe(-1);
});
