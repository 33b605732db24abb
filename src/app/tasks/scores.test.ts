import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { answerOf, mostProbable, scoresOf } from "./scores.ts";

// By hand, from the definitions that scikit-learn uses for average="binary".
test("two classes: the second is the positive one", () => {
  const positive = [0.1, 0.4, 0.35, 0.8, 0.7];
  const scores = scoresOf(
    positive.map((p) => [1 - p, p]),
    [0, 0, 1, 1, 0],
    ["cats", "dogs"],
  );
  expect(scores.confusion).toEqual([
    [2, 1],
    [1, 1],
  ]);
  expect(scores.accuracy).toBeCloseTo(3 / 5, 12);
  expect(scores.precision).toBeCloseTo(1 / 2, 12);
  expect(scores.recall).toBeCloseTo(1 / 2, 12);
  expect(scores.f1).toBeCloseTo(1 / 2, 12);
  expect(scores.auc).toBeCloseTo(4 / 6, 12);
  expect(scores.loss).toBeCloseTo(
    -(Math.log(0.9) + Math.log(0.6) + Math.log(0.35) + Math.log(0.8) + Math.log(0.3)) / 5,
    12,
  );
});

test("more classes: the mean over classes", () => {
  const rows = [
    [0.8, 0.1, 0.1],
    [0.2, 0.5, 0.3],
    [0.3, 0.4, 0.3],
    [0.1, 0.2, 0.7],
  ];
  const scores = scoresOf(rows, [0, 1, 2, 2], ["a", "b", "c"]);
  expect(scores.accuracy).toBe(0.75);
  expect(scores.precision).toBeCloseTo((1 + 0.5 + 1) / 3, 12);
  expect(scores.recall).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
  expect(scores.f1).toBeCloseTo((1 + 2 / 3 + 2 / 3) / 3, 12);
  expect(scores.auc).toBeCloseTo((1 + 1 + 0.875) / 3, 12);
  expect(scores.perClass.map(({ support }) => support)).toEqual([1, 1, 2]);
});

test("a class without samples has no area, and nothing is divided by zero", () => {
  const scores = scoresOf([[0.9, 0.1]], [0], ["a", "b"]);
  expect(scores.auc).toBeNull();
  expect(scores.precision).toBe(0);
  expect(scoresOf([], [], ["a", "b"]).accuracy).toBe(0);
});

test("a probability of zero for the true class costs a bounded loss", () => {
  expect(scoresOf([[1, 0]], [1], ["a", "b"]).loss).toBeCloseTo(-Math.log(1e-7), 9);
});

test("a threshold decides between two classes, and only there", () => {
  expect([0.2, 0.3, 0.4].map((p) => answerOf([1 - p, p], 0.3))).toEqual([0, 1, 1]);
  expect(answerOf([0.5, 0.3, 0.2], 0.1)).toBe(0);
  const rows = [0.2, 0.4, 0.9].map((p) => [1 - p, p]);
  expect(scoresOf(rows, [0, 1, 1], ["cat", "dog"], 0.4).confusion).toEqual([
    [1, 0],
    [0, 2],
  ]);
  expect(scoresOf(rows, [0, 1, 1], ["cat", "dog"]).confusion[1]).toEqual([1, 1]);
});

test("the first of equal probabilities is taken, as a threshold above one half does", () => {
  expect(mostProbable([0.5, 0.5])).toBe(0);
});

interface GoldenCase {
  readonly labels: readonly number[];
  readonly scores: { readonly shape: readonly number[]; readonly base64: string };
  readonly threshold?: number;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly auc?: number | null;
  readonly confusion: readonly (readonly number[])[];
}
interface GoldenMetrics {
  readonly binary: Record<string, GoldenCase & { precision: number; recall: number; f1: number; auc: number | null }>;
  readonly multiclass: Record<
    string,
    GoldenCase & { macro: { precision: number; recall: number; f1: number }; aucMacroOneAgainstRest: number }
  >;
}

const golden = JSON.parse(readFileSync("test/golden/metrics.json", "utf8")) as GoldenMetrics;

function decode(base64: string): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new Float64Array(bytes.buffer);
}

// Those at exactly one half count as positive for scikit-learn's threshold, as negative for Keras and for us.
const binary = Object.entries(golden.binary).filter(
  ([name, { threshold }]) => threshold === 0.5 && name !== "atThreshold" && name !== "allEqual",
);

test.each(binary)("two classes as scikit-learn: %s", (_, expected) => {
  const positive = decode(expected.scores.base64);
  const rows = Array.from(positive, (p) => [1 - p, p]);
  const scores = scoresOf(rows, expected.labels, ["negative", "positive"]);
  for (const name of ["accuracy", "precision", "recall", "f1"] as const) {
    expect(scores[name], name).toBeCloseTo(expected[name], 12);
  }
  expect(scores.loss).toBeCloseTo(expected.logLoss, 9);
  expect(scores.confusion).toEqual(expected.confusion);
  if (expected.auc === null) expect(scores.auc).toBeNull();
  else expect(scores.auc).toBeCloseTo(expected.auc, 12);
});

test.each(Object.entries(golden.multiclass))("more classes as scikit-learn: %s", (_, expected) => {
  const [numSamples = 0, numClasses = 0] = expected.scores.shape;
  const values = decode(expected.scores.base64);
  const rows = Array.from({ length: numSamples }, (_, row) =>
    values.subarray(row * numClasses, (row + 1) * numClasses),
  );
  const names = Array.from({ length: numClasses }, (_, label) => `class ${label}`);
  const scores = scoresOf(rows, expected.labels, names);
  for (const name of ["precision", "recall", "f1"] as const) {
    expect(scores[name], name).toBeCloseTo(expected.macro[name], 12);
  }
  expect(scores.accuracy).toBeCloseTo(expected.accuracy, 12);
  expect(scores.auc).toBeCloseTo(expected.aucMacroOneAgainstRest, 12);
  // scikit-learn clips at 2.2e-16, Keras and we at 1e-7.
  if (values.every((value) => value > 1e-7)) expect(scores.loss).toBeCloseTo(expected.logLoss, 9);
  expect(scores.confusion).toEqual(expected.confusion);
});
