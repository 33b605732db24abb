// Patterns of names: what is taken, what is refused, and that none takes long.

import { expect, test } from "vitest";
import { namePattern } from "./name-pattern.ts";

test.each([
  ["dense_1", "model/dense_1/kernel", true],
  ["^dense", "model/dense_1/kernel", false],
  ["head.*kernel$", "head/dense/kernel", true],
  ["^[ab]lock|x$", "alock", true],
  ["(dense|conv)_1", "conv_1/kernel", true],
])("%s in %s: %s", (pattern, name, is) => {
  expect(namePattern("muon: excludeLayers", pattern)(name)).toBe(is);
});

test.each(["(a+)+$", "a*b*c*", "(", "[", "x".repeat(201), "\\1", "a?a?a?b"])("%s is refused", (pattern) => {
  expect(() => namePattern("muon: excludeLayers", pattern)).toThrow(/muon: excludeLayers .*List several simpler ones/s);
});

test("the slowest patterns on the longest names take no time", () => {
  const started = performance.now();
  expect(namePattern("x", "a*.*b$")("a".repeat(256))).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});
