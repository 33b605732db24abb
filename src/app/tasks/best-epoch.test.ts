import { expect, test } from "vitest";
import { isBetter } from "./best-epoch.ts";

test("the first epoch is the best so far", () => {
  expect(isBetter({ valAccuracy: 0, valLoss: Number.NaN }, undefined)).toBe(true);
});

test("accuracy counts first, then loss", () => {
  const best = { valAccuracy: 0.9, valLoss: 0.3 };
  expect(isBetter({ valAccuracy: 0.91, valLoss: 0.9 }, best)).toBe(true);
  expect(isBetter({ valAccuracy: 0.89, valLoss: 0.1 }, best)).toBe(false);
  expect(isBetter({ valAccuracy: 0.9, valLoss: 0.2 }, best)).toBe(true);
  expect(isBetter({ valAccuracy: 0.9, valLoss: 0.3 }, best)).toBe(false);
});

test("a loss that is no number is worse than any", () => {
  const broken = { valAccuracy: 0.5, valLoss: Number.NaN };
  expect(isBetter(broken, { valAccuracy: 0.5, valLoss: 9 })).toBe(false);
  expect(isBetter({ valAccuracy: 0.5, valLoss: 9 }, broken)).toBe(true);
});
