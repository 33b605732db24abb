// Quotients and remainders against exact arithmetic, on every machine.
import { expect, test } from "vitest";
import { int, isVector, splat, type Value } from "#engine/graph/kernel.ts";
import { compute, machines, specialFloats, type Machine } from "../../../test/kernels/elementwise.ts";
import { emitFloorDivide, emitModulo } from "./math-integer.ts";

const edges = [0, 1, 2, 3, 7, 10, 255, 256, 65535, 65536, 16777215, 16777217, 1073741823, 2147483646, 2147483647];
const integers = [...edges, ...edges.map((value) => -value), -2147483648];

function pairsFor(machine: Machine): readonly [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>] {
  const count = machine.startsWith("wasm") ? 65536 : 8192;
  const random = (index: number, factor: number): number => Math.imul(index + 1, factor) >> (Math.imul(index, 7) & 31);
  const x = Int32Array.from({ length: count }, (_, index) => random(index, 0x9e3779b1));
  const y = Int32Array.from({ length: count }, (_, index) => random(index >> 3, 0x85ebca6b));
  const pairs = integers.flatMap((left) => integers.map((right) => [left, right] as const));
  for (const [index, [left, right]] of pairs.entries()) [x[index], y[index]] = [left, right];
  return [x, y];
}

const quotient = (x: number, y: number): number => (y === 0 ? 0 : Math.floor(x / y) | 0);
const remainder = (x: number, y: number): number => (y === 0 ? 0 : (((x % y) + y) % y) | 0);
const constantLike = (x: Value, value: number): Value => (isVector(x.type) ? splat(int(value)) : int(value));

test.for(machines)("integers divide downwards, by 0 to 0: %s", (machine) => {
  const [x, y] = pairsFor(machine);
  const cases = [
    { emit: emitFloorDivide, exact: quotient },
    { emit: emitModulo, exact: remainder },
  ];
  for (const { emit, exact } of cases) {
    const result = compute(machine, (k, left, right) => emit(k, left, right), [x, y], x.slice());
    const wrong = result.findIndex((value, index) => value !== exact(x[index]!, y[index]!));
    expect(wrong, `${emit.name} of ${x[wrong]}, ${y[wrong]} is ${result[wrong]}`).toBe(-1);
  }
});

test.for(machines)("constant divisors take their short ways to the same result: %s", (machine) => {
  const x = pairsFor(machine)[0].subarray(0, 4096);
  const magnitudes = x.map((value) => value & 0x7fffffff);
  for (const divisor of [0, 1, 3, 64, 1000, -1, -8, 1 << 30]) {
    for (const nonNegative of divisor > 0 ? [false, true] : [false]) {
      const input = nonNegative ? magnitudes : x.slice();
      const divided = compute(
        machine,
        (k, left) => emitFloorDivide(k, left, constantLike(left, divisor), { nonNegative }),
        [input],
        x.slice(),
      );
      const rest = compute(
        machine,
        (k, left) => emitModulo(k, left, constantLike(left, divisor), { nonNegative }),
        [input],
        x.slice(),
      );
      const isWrong = (value: number, index: number): boolean =>
        divided[index] !== quotient(value, divisor) || rest[index] !== remainder(value, divisor);
      expect(input.findIndex(isWrong), `by ${divisor}`).toBe(-1);
    }
  }
});

test.for(machines)("modulo of floats is exact, with the sign of the divisor: %s", (machine) => {
  const count = machine.startsWith("wasm") ? 65536 : 8192;
  const x = Float32Array.from(
    { length: count },
    (_, index) => Math.imul(index + 1, 0x9e3779b1) * 2 ** ((index % 40) - 36),
  );
  const y = Float32Array.from({ length: count }, (_, index) => Math.imul(index + 1, 0x85ebca6b) / 2 ** 31);
  const finite = specialFloats.filter((value) => value === 0 || Math.abs(value) > 2 ** -100);
  const pairs = finite.flatMap((left) => finite.map((right) => [left, right] as const));
  for (const [index, [left, right]] of pairs.entries()) {
    if (Math.abs(left / right) < 2 ** 46 || !Number.isFinite(left / right)) [x[index], y[index]] = [left, right];
  }
  const exact = (left: number, right: number): number => {
    const rest = left % right;
    if (rest === 0) return Math.sign(right) < 0 || Object.is(right, -0) ? -0 : 0;
    return Math.fround(rest < 0 === right < 0 ? rest : rest + right);
  };
  const result = compute(machine, (k, left, right) => emitModulo(k, left, right), [x, y], x.slice());
  const wrong = result.findIndex((value, index) => !Object.is(value, exact(x[index]!, y[index]!)));
  expect(wrong, `${x[wrong]} modulo ${y[wrong]} is ${result[wrong]}`).toBe(-1);
});
