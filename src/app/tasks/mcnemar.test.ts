import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exactPValue, mcNemar } from "./mcnemar.ts";

const golden = JSON.parse(readFileSync("test/golden/mcnemar.json", "utf8")) as {
  readonly cases: readonly { readonly onlyFirst: number; readonly onlySecond: number; readonly pValue: number }[];
};

test.each(golden.cases)("as scipy: $onlyFirst against $onlySecond", ({ onlyFirst, onlySecond, pValue }) => {
  expect(Math.abs(exactPValue(onlyFirst, onlySecond) / pValue - 1)).toBeLessThan(1e-10);
});

test("samples that both get right, or wrong, do not count", () => {
  const first = [true, true, true, false, false];
  const second = [true, false, false, true, false];
  expect(mcNemar(first, second)).toEqual({ onlyFirst: 2, onlySecond: 1, pValue: 1 });
  expect(mcNemar(first, first)).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
});
