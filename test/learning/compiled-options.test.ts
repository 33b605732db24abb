// What compile was told is still there after save and load: options of losses and of metrics.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { layers } from "#learning/nn/layers.ts";
import { lossNames, losses, type Loss } from "#learning/train/losses.ts";
import { metrics } from "#learning/train/metrics.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-compiled-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const unusual: readonly Loss[] = [
  losses.huber({ delta: 0.3 }),
  losses.binaryCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }),
  losses.binaryFocalCrossentropy({ gamma: 1.5, alpha: 0.6, applyClassBalancing: true }),
  losses.categoricalFocalCrossentropy({ gamma: 3, alpha: 0.5, labelSmoothing: 0.2 }),
  losses.categoricalFocalCrossentropy({ alpha: [0.25, 0.75] }),
  losses.sparseCategoricalCrossentropy({ ignoreClass: -1, fromLogits: true }),
  losses.dice({ axis: [1, 2], reduction: "sum" }),
  losses.tversky({ alpha: 0.3, beta: 0.7, axis: -1 }),
  losses.circle({ gamma: 10, margin: 0.2, removeDiagonal: false }),
  losses.triplet({ margin: 0.2, distanceMetric: "angular", mining: "all" }),
];

test.each([...lossNames.map((name) => losses[name]()), ...unusual])("loss %o", async (loss) => {
  const model = sequential([layers.dense({ units: 2, inputShape: [3] })]);
  const measured = [
    metrics.cohenKappa({ weights: "linear" }),
    metrics.r2Score({ classAggregation: null }),
    metrics.auc({ thresholds: [0.2, 0.6], multiLabel: true, labelWeights: [1, 2] }),
    metrics.precision({ thresholds: [0.2, 0.6], topK: 1 }),
    metrics.iou({ numClasses: 3, targetClassIds: [0, 2], ignoreClass: 1 }),
    metrics.meanMetricWrapper({ fn: losses.huber({ delta: 0.5 }), name: "soft" }),
  ];
  model.compile({ loss, metrics: measured });
  await model.save(folder);
  const { compiled } = (await loadModel(folder)).core;
  expect(compiled?.objectives.map((one) => one.loss)).toEqual([loss]);
  expect(compiled?.objectives[0]?.metrics.map(({ config }) => config)).toEqual(measured.map(({ config }) => config));
});

test("an option of another loss is refused", () => {
  const model = sequential([layers.dense({ units: 1, inputShape: [3] })]);
  const loss: Loss = { ...losses.meanSquaredError(), delta: 1 };
  expect(() => model.compile({ loss })).toThrow("delta");
});

test("a metric that needs an option says which", () => {
  const model = sequential([layers.dense({ units: 1, inputShape: [3] })]);
  expect(() => model.compile({ loss: "huber", metrics: ["specificityAtSensitivity"] })).toThrow(
    "specificityAtSensitivity: sensitivity is undefined. Give a number from 0 up to 1.",
  );
});
