// Random numbers are a pure function of key, stream, domain and place: known answers, and the laws of keys.

import { expect, test } from "vitest";
import { philox, philoxWord } from "#engine/base/philox.ts";
import { parameter, randomBits } from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";

// Known answers of Random123 for philox4x32 with 10 rounds (its file kat_vectors).
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [-1, -1, -1, -1],
    [-1, -1],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)("philox of %s with key %s", (counter, key, words) => {
  const [a, b, c, d] = counter.map((word) => word | 0);
  expect(philox([a!, b!, c!, d!], [key[0] | 0, key[1] | 0])).toEqual(words.map((word) => word | 0));
});

function draw(key: readonly [number, number], stream: number, shape: readonly number[], domain = 0): number[] {
  const parameters = [parameter({ dtype: "i32", shape: [2] }), parameter({ dtype: "i32", shape: [] })];
  const [first, second] = parameters;
  const output = randomBits(first!, second!, { shape, domain });
  const graph = { parameters, outputs: [output], donations: [-1] };
  const [bits] = interpret(graph, [Int32Array.of(...key), Int32Array.of(stream)]);
  return [...bits!];
}

test("the place decides, not the shape", () => {
  const row = draw([1, 2], 3, [64]);
  expect(draw([1, 2], 3, [4, 16])).toEqual(row);
  expect(draw([1, 2], 3, [17])).toEqual(row.slice(0, 17));
  expect(row[9]).toBe(philoxWord([1, 2], 3, 0, 9));
});

test("key, stream and domain each give other numbers", () => {
  const all = [
    draw([1, 2], 3, [8]),
    draw([2, 2], 3, [8]),
    draw([1, 3], 3, [8]),
    draw([1, 2], 4, [8]),
    draw([1, 2], 3, [8], 1),
  ];
  expect(new Set(all.flat()).size).toBe(40);
});

test("bits are as often 1 as 0, and neighbours are independent", () => {
  const words = draw([5, 7], 0, [20_000]);
  for (let bit = 0; bit < 32; bit += 1) {
    const ones = words.filter((word) => ((word >>> bit) & 1) === 1).length;
    // 5 standard deviations of a fair coin.
    expect(Math.abs(ones - 10_000)).toBeLessThan(5 * Math.sqrt(5000));
  }
  const agreeing = words.filter((word, index) => index > 0 && word < 0 === (words[index - 1] ?? 0) < 0).length;
  expect(Math.abs(agreeing - 10_000)).toBeLessThan(5 * Math.sqrt(5000));
});
