import { expect, test } from "vitest";
import { drawUniform, permutation } from "#learning/data/order.ts";

test("a permutation holds every number once", () => {
  for (const size of [0, 1, 2, 5, 1000]) {
    expect(Array.from(permutation(size, 3, 1)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: size }, (_, i) => i),
    );
  }
});

test("order is a function of seed and epoch", () => {
  const texts = [
    [7, 0],
    [7, 1],
    [8, 0],
    [7 + 2 ** 32, 0],
    [-7, 0],
  ].map(([seed = 0, epoch = 0]) => permutation(100, seed, epoch).join());
  expect(new Set(texts).size).toBe(texts.length);
  expect(permutation(100, 7, 0).join()).toBe(texts[0]);
});

test("the order does not change between versions: resumed runs rely on it", () => {
  expect(Array.from(permutation(10, 7, 0))).toMatchInlineSnapshot(`
    [
      3,
      5,
      6,
      8,
      0,
      7,
      1,
      9,
      2,
      4,
    ]
  `);
  expect(drawUniform(7, "augment", 2, 5).map((value) => value.toFixed(6))).toMatchInlineSnapshot(`
    [
      "0.908322",
      "0.465224",
      "0.078537",
      "0.286269",
    ]
  `);
});

test("every place is equally likely", () => {
  const counts = [0, 0, 0, 0, 0];
  for (let epoch = 0; epoch < 5000; epoch += 1) {
    const place = permutation(5, 1, epoch).indexOf(2);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  // Five standard deviations of a binomial with p = 1/5.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(141);
});
