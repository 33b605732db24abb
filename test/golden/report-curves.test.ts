// The curves of the report against scikit-learn's, ties and groups without samples included.

import { expect, test } from "vitest";
import { averagePrecision, calibrationOf, precisionRecallCurve, rocCurve, thinned } from "#app/tasks/report/curves.ts";
import { distance, readGolden } from "./golden.ts";

interface Case {
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly falsePositiveRates: readonly number[];
  readonly truePositiveRates: readonly number[];
  readonly precisions: readonly number[];
  readonly recalls: readonly number[];
  readonly averagePrecision: number;
  readonly confidences: readonly number[];
  readonly binAccuracies: readonly number[];
  readonly binConfidences: readonly number[];
  readonly binCounts: readonly number[];
  readonly expectedCalibrationError: number;
}

const { cases } = readGolden("report-curves") as { readonly cases: readonly Case[] };
const bound = 1e-12;

test("there are cases, with ties", () => {
  expect(cases).toHaveLength(3);
  for (const { scores } of cases.slice(0, 2)) expect(new Set(scores).size).toBeLessThan(scores.length);
});

test.each(cases.map((golden, index) => [index, golden] as const))("ROC, case %i", (_, golden) => {
  const curve = rocCurve(golden.scores, golden.labels.map(Boolean));
  expect(
    distance(
      curve.map(({ falsePositiveRate }) => falsePositiveRate),
      golden.falsePositiveRates,
    ),
  ).toBeLessThan(bound);
  expect(
    distance(
      curve.map(({ truePositiveRate }) => truePositiveRate),
      golden.truePositiveRates,
    ),
  ).toBeLessThan(bound);
});

test.each(cases.map((golden, index) => [index, golden] as const))("precision and recall, case %i", (_, golden) => {
  const curve = precisionRecallCurve(golden.scores, golden.labels.map(Boolean));
  expect(
    distance(
      curve.map(({ precision }) => precision),
      golden.precisions,
    ),
  ).toBeLessThan(bound);
  expect(
    distance(
      curve.map(({ recall }) => recall),
      golden.recalls,
    ),
  ).toBeLessThan(bound);
  expect(Math.abs(averagePrecision(curve) - golden.averagePrecision)).toBeLessThan(bound);
});

test.each(cases.map((golden, index) => [index, golden] as const))("calibration, case %i", (_, golden) => {
  const { bins, expectedCalibrationError } = calibrationOf(golden.confidences, golden.labels.map(Boolean), 10);
  const filled = bins.filter(({ numSamples }) => numSamples > 0);
  expect(filled.map(({ numSamples }) => numSamples)).toEqual(golden.binCounts);
  expect(
    distance(
      filled.map(({ accuracy }) => accuracy ?? Number.NaN),
      golden.binAccuracies,
    ),
  ).toBeLessThan(bound);
  expect(
    distance(
      filled.map(({ confidence }) => confidence ?? Number.NaN),
      golden.binConfidences,
    ),
  ).toBeLessThan(bound);
  expect(Math.abs(expectedCalibrationError - golden.expectedCalibrationError)).toBeLessThan(bound);
});

test("curves need samples of both kinds; a thinned one keeps its ends", () => {
  expect(rocCurve([0.1, 0.2], [true, true])).toEqual([]);
  expect(precisionRecallCurve([0.1, 0.2], [false, false])).toEqual([]);
  expect(calibrationOf([], []).expectedCalibrationError).toBe(0);
  expect(calibrationOf([0, 1], [false, true], 10).bins.map(({ numSamples }) => numSamples)).toEqual([
    1, 0, 0, 0, 0, 0, 0, 0, 0, 1,
  ]);
  expect(thinned([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 3, 6]);
});
