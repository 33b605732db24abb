// Folds: every sample once, the counts of scikit-learn, equal files in one fold.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assignFolds } from "./split.ts";

const golden = JSON.parse(readFileSync("test/golden/k-fold.json", "utf8")) as {
  readonly cases: readonly { labels: number[]; folds: number; counts: number[][] }[];
};

function countsOf(labels: readonly number[], foldOf: Int32Array, folds: number): number[][] {
  const counts = Array.from({ length: folds }, () => Array.from({ length: Math.max(...labels) + 1 }, () => 0));
  labels.forEach((label, position) => {
    const row = counts[foldOf[position] ?? 0]!;
    row[label] = (row[label] ?? 0) + 1;
  });
  return counts;
}

test.each(golden.cases)("as scikit-learn's StratifiedKFold: $folds folds", ({ labels, folds, counts }) => {
  const foldOf = assignFolds(
    labels,
    labels.map(() => undefined),
    folds,
    3,
  );
  expect(countsOf(labels, foldOf, folds)).toEqual(counts);
});

const sizes = fc.array(fc.integer({ min: 6, max: 40 }), { minLength: 1, maxLength: 5 });
const request = fc.record({ sizes, folds: fc.integer({ min: 2, max: 6 }), seed: fc.nat(1000) });

test("folds, and the classes within them, differ in size by 1 at most", () => {
  fc.assert(
    fc.property(request, ({ sizes, folds, seed }) => {
      const labels = sizes.flatMap((size, label) => Array.from({ length: size }, () => label));
      const counts = countsOf(labels, assignFolds(labels, [], folds, seed), folds);
      const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
      expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(1);
      for (const label of sizes.keys()) {
        const column = counts.map((row) => row[label] ?? 0);
        expect(Math.max(...column) - Math.min(...column)).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 100 },
  );
});

test("equal samples lie in one fold", () => {
  fc.assert(
    fc.property(request, fc.nat(1000), ({ sizes, folds, seed }, salt) => {
      const labels = sizes.flatMap((size, label) => Array.from({ length: size + folds }, () => label));
      const groups = labels.map((label, position) =>
        (position * 7 + salt) % 5 === 0 && position % 2 === 0 ? `${label} ${(position + salt) % 3}` : undefined,
      );
      const numGroups = (label: number): number =>
        new Set(labels.map((one, at) => (one === label ? (groups[at] ?? `alone ${at}`) : ""))).size - 1;
      fc.pre(sizes.every((_, label) => sizes.length === 1 || numGroups(label) >= folds));
      const foldOf = assignFolds(labels, groups, folds, seed);
      const seen = new Map<string, number>();
      groups.forEach((group, position) => {
        if (group === undefined) return;
        expect(seen.get(group) ?? foldOf[position]).toBe(foldOf[position]);
        seen.set(group, foldOf[position] ?? 0);
      });
    }),
    { numRuns: 100 },
  );
});

test("the seed decides, and other seeds decide otherwise", () => {
  const labels = Array.from({ length: 60 }, (_, position) => position % 3);
  const folds = (seed: number): number[] => [...assignFolds(labels, [], 5, seed)];
  expect(folds(4)).toEqual(folds(4));
  expect(folds(4)).not.toEqual(folds(5));
});

test("folds that cannot be made are refused", () => {
  expect(() => assignFolds([0, 0, 1, 1], [], 1, 0)).toThrow(/at least 2/);
  expect(() => assignFolds([0, 0, 0, 1, 1], [], 3, 0)).toThrow(/class 1 has 2 different samples for 3 folds/);
  expect(() => assignFolds([0, 0, 0], ["a", "a", "b"], 3, 0)).toThrow(/2 different samples/);
});
