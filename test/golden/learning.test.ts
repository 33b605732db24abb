// Losses, metrics and summaries against Keras and scikit-learn.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { layers } from "#learning/nn/layers.ts";
import { classificationReport, macroRocAuc, rocAuc } from "#learning/train/evaluation.ts";
import { lossValue, sampleLosses } from "#learning/train/loss-value.ts";
import { losses, lossNames, type LossName } from "#learning/train/losses.ts";
import { metrics, type Metric } from "#learning/train/metrics.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, type GoldenTensor } from "./golden.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

/** A golden case's name begins with what it tests: `adamOptions`. */
function ownerOf<Name extends string>(name: string, names: readonly Name[]): Name | undefined {
  return names.filter((known) => name.startsWith(known)).toSorted((a, b) => b.length - a.length)[0];
}

interface LossCase {
  readonly options: object;
  readonly targets: GoldenTensor;
  readonly predictions: GoldenTensor;
  readonly sampleWeights: number[];
  /** No gradient where Keras's is NaN. */
  readonly float64: { perSample: number[]; mean: number; weightedMean: number; gradientOfMean: GoldenTensor | null };
}
const lossCases = ["losses", "losses-further"].flatMap((file) =>
  Object.entries((readGolden(file) as { cases: Record<string, LossCase> }).cases).flatMap(([name, golden]) => {
    const kind = ownerOf(name, lossNames);
    return kind === undefined ? [] : [{ name, kind, golden }];
  }),
);

test.each(lossNames)("loss %s has three golden cases", (name) => {
  expect(lossCases.filter(({ kind }) => kind === name).length).toBeGreaterThanOrEqual(3);
});

/** Keras's log-cosh takes the logarithm of 2 in float32. */
const digitsOf = (kind: LossName): number => (kind === "logCosh" ? 6 : 12);

test.each(lossCases)("loss $name equals Keras", async ({ kind, golden }) => {
  const make: (options: object) => ReturnType<typeof losses.binaryCrossentropy> = losses[kind satisfies LossName];
  const loss = make(golden.options);
  const digits = digitsOf(kind);
  const labels = goldenTensor(golden.targets);
  const { value, gradient, aux } = valueAndGrad<[Tensor], Tensor>(
    (output) => ({ value: lossValue(loss, labels, { output }), aux: sampleLosses(loss, labels, { output }) }),
    { hasAux: true },
  )(goldenTensor(golden.predictions));
  const near = (actual: readonly number[], expected: readonly number[]): void =>
    expect(distance(actual, expected)).toBeLessThan(10 ** -digits);
  near([await value.item()], [golden.float64.mean]);
  near(await read(aux), golden.float64.perSample);
  const weights = tensor(Float64Array.from(golden.sampleWeights));
  const weighted = lossValue(loss, labels, { output: goldenTensor(golden.predictions) }, weights);
  near([await weighted.item()], [golden.float64.weightedMean]);
  const { gradientOfMean } = golden.float64;
  const slopes = await read(gradient);
  if (gradientOfMean === null) expect(slopes.every(Number.isFinite)).toBe(true);
  else expect(distance(slopes, goldenValues(gradientOfMean))).toBeLessThan(1e-12);
});

interface BinaryCase {
  readonly labels: number[];
  readonly scores: GoldenTensor;
  readonly threshold: number;
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly auc: number | null;
  readonly confusion: number[][];
  readonly keras: Record<string, number>;
}
interface MulticlassCase {
  readonly labels: number[];
  readonly scores: GoldenTensor;
  readonly accuracy: number;
  readonly perClass: { precision: number[]; recall: number[]; f1: number[] };
  readonly macro: { precision: number; recall: number; f1: number };
  readonly aucMacroOneAgainstRest: number;
  readonly confusion: number[][];
  readonly keras: Record<string, number>;
}
const metricsFile = readGolden("metrics") as {
  binary: Record<string, BinaryCase>;
  multiclass: Record<string, MulticlassCase>;
};

/** A metric over all samples, streamed in batches of 7. */
async function streamed(metric: Metric, labels: Tensor, predictions: Tensor): Promise<Record<string, number>> {
  const bound = metric.bind({ labels: labels.shape, predictions: predictions.shape });
  const total = labels.shape[0]!;
  const rows = (values: Tensor, start: number, count: number): Tensor =>
    values.slice([start, ...values.shape.slice(1).map(() => 0)], [count, ...values.shape.slice(1)]);
  let state: Record<string, Tensor> = {};
  for (let start = 0; start < total; start += 7) {
    const count = Math.min(7, total - start);
    state = {
      ...bound.update(state, { labels: rows(labels, start, count), predictions: rows(predictions, start, count) }),
    };
  }
  const values = await Promise.all(
    Object.entries(state).map(async ([name, value]) => [name, await value.data()] as const),
  );
  return bound.result(Object.fromEntries(values));
}

describe.each(Object.entries(metricsFile.binary))("binary metrics, %s", (_, golden) => {
  const scores = goldenValues(golden.scores);
  const given = Array.from(scores, (score) => (score > golden.threshold ? 1 : 0));

  test("exact ones equal scikit-learn", () => {
    const report = classificationReport(golden.labels, given, 2);
    expect(report.accuracy).toBeCloseTo(golden.accuracy, 9);
    expect(report.perClass[1]).toMatchObject({ support: golden.labels.filter((label) => label === 1).length });
    expect(report.perClass[1]!.precision).toBeCloseTo(golden.precision, 9);
    expect(report.perClass[1]!.recall).toBeCloseTo(golden.recall, 9);
    expect(report.perClass[1]!.f1).toBeCloseTo(golden.f1, 9);
    expect(report.confusion).toEqual(golden.confusion);
    const auc = rocAuc(scores, golden.labels);
    if (golden.auc === null) expect(auc).toBeNaN();
    else expect(auc).toBeCloseTo(golden.auc, 9);
  });

  test("streamed ones equal Keras and scikit-learn", async () => {
    const labels = tensor(Float64Array.from(golden.labels), { shape: [golden.labels.length, 1] });
    const predictions = tensor(scores, { shape: [scores.length, 1] });
    const value = async (metric: Metric): Promise<number> =>
      Object.values(await streamed(metric, labels, predictions))[0]!;
    const { threshold, keras } = golden;
    expect(await value(metrics.binaryAccuracy({ threshold }))).toBeCloseTo(keras["binaryAccuracy"]!, 6);
    expect(await value(metrics.precision({ thresholds: threshold }))).toBeCloseTo(golden.precision, 6);
    expect(await value(metrics.recall({ thresholds: threshold }))).toBeCloseTo(golden.recall, 6);
    expect(await value(metrics.f1Score({ threshold }))).toBeCloseTo(golden.f1, 6);
    expect(await value(metrics.auc())).toBeCloseTo(keras["auc200"]!, 6);
    expect(await value(metrics.auc({ numThresholds: 50, summationMethod: "minoring" }))).toBeCloseTo(
      keras["auc50Minoring"]!,
      6,
    );
    expect(await value(metrics.auc({ numThresholds: 50, summationMethod: "majoring" }))).toBeCloseTo(
      keras["auc50Majoring"]!,
      6,
    );
    expect(await value(metrics.auc({ curve: "PR" }))).toBeCloseTo(keras["auc200PrecisionRecall"]!, 6);
    if (threshold !== 0.5) return;
    const counts = await streamed(metrics.confusionMatrix(), labels, predictions);
    expect(Object.values(counts)).toEqual(golden.confusion.flat());
    expect(await value(metrics.accuracy())).toBeCloseTo(golden.accuracy, 6);
  });
});

describe.each(Object.entries(metricsFile.multiclass))("multi-class metrics, %s", (_, golden) => {
  const scores = goldenValues(golden.scores);
  const [numSamples = 0, numClasses = 0] = golden.scores.shape;
  const given = Array.from({ length: numSamples }, (_, sample) => {
    const row = scores.slice(sample * numClasses, (sample + 1) * numClasses);
    return row.indexOf(Math.max(...row));
  });

  test("exact ones equal scikit-learn", () => {
    const report = classificationReport(golden.labels, given, numClasses);
    expect(report.accuracy).toBeCloseTo(golden.accuracy, 9);
    expect(report.precision).toBeCloseTo(golden.macro.precision, 9);
    expect(report.recall).toBeCloseTo(golden.macro.recall, 9);
    expect(report.f1).toBeCloseTo(golden.macro.f1, 9);
    expect(report.confusion).toEqual(golden.confusion);
    expect(
      distance(
        report.perClass.map(({ f1 }) => f1),
        golden.perClass.f1,
      ),
    ).toBeLessThan(1e-9);
    expect(macroRocAuc(scores, golden.labels, numClasses)).toBeCloseTo(golden.aucMacroOneAgainstRest, 9);
  });

  test.each(["sparse", "categorical"])("streamed ones equal Keras and scikit-learn, %s labels", async (mode) => {
    const predictions = tensor(scores, { shape: [numSamples, numClasses] });
    const oneHot = golden.labels.flatMap((label) =>
      Array.from({ length: numClasses }, (_, index) => (index === label ? 1 : 0)),
    );
    const labels =
      mode === "sparse"
        ? tensor(Int32Array.from(golden.labels))
        : tensor(Float64Array.from(oneHot), { shape: [numSamples, numClasses] });
    const value = async (metric: Metric): Promise<number> =>
      Object.values(await streamed(metric, labels, predictions))[0]!;
    expect(await value(metrics.accuracy())).toBeCloseTo(golden.accuracy, 6);
    expect(await value(metrics.f1Score())).toBeCloseTo(golden.macro.f1, 6);
    expect(await value(metrics.precision())).toBeCloseTo(golden.keras["precision"]!, 6);
    expect(await value(metrics.recall())).toBeCloseTo(golden.keras["recall"]!, 6);
    const perClass = await streamed(metrics.f1Score({ average: null }), labels, predictions);
    expect(distance(Object.values(perClass), golden.perClass.f1)).toBeLessThan(1e-6);
    expect(Object.values(await streamed(metrics.confusionMatrix(), labels, predictions))).toEqual(
      golden.confusion.flat(),
    );
  });
});

const summaries = (readGolden("summary") as { cases: Record<string, { lines: string[] }> }).cases;

/** The seed CNN of docs/guide/seed.md for pictures of a size. */
function seedCnn(size: number, units: number): ReturnType<typeof sequential> {
  return sequential([
    layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [size, size, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 128, kernelSize: 3, activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
}

const withState = sequential([
  layers.rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }),
  layers.conv2d({ filters: 16, kernelSize: 3, padding: "same", useBias: false }),
  layers.batchNormalization(),
  layers.activation({ activation: "relu" }),
  layers.averagePooling2d(),
  layers.dropout({ rate: 0.25 }),
  layers.globalAveragePooling2d(),
  layers.dense({ units: 10, activation: "softmax", trainable: true }),
]);

test.each([
  ["seedCnn", seedCnn(150, 512)],
  ["seedCnnCut", seedCnn(48, 64)],
])("summary of %s is Keras's", (name, model) => {
  expect(model.summary().trimEnd().split("\n")).toEqual(trimmed(summaries[name]!.lines));
});

test("summary with state is Keras's", () => {
  const lines = withState.summary().trimEnd().split("\n");
  expect(lines.slice(0, 21)).toEqual(trimmed(summaries["withState"]!.lines).slice(0, 21));
});

function trimmed(lines: readonly string[]): string[] {
  return lines.join("\n").trimEnd().split("\n");
}
