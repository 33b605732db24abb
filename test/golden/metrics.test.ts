// Every metric of the closed list, streamed over batches, against Keras or scikit-learn on at least three configurations.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { metricFromConfig, metricNames, type MetricConfig } from "#learning/train/metrics.ts";
import { initialStates } from "#learning/train/metric-states.ts";
import { distance, goldenTensor, readGolden, type GoldenTensor } from "./golden.ts";

interface Case extends MetricConfig {
  readonly labels: GoldenTensor;
  readonly predictions: GoldenTensor;
  readonly values: number[];
}
const cases = ["metric-cases", "metric-cases-further"].flatMap((name) => (readGolden(name) as { cases: Case[] }).cases);
const named = cases.map((one, index) => ({
  ...one,
  title: `${one.kind} ${JSON.stringify(one.options)}, case ${index}`,
}));

test.each(metricNames)("%s has three golden cases", (name) => {
  expect(cases.filter(({ kind }) => kind === name).length).toBeGreaterThanOrEqual(3);
});

/** In batches of 7, the last one smaller. */
async function streamed(config: MetricConfig, labels: Tensor, predictions: Tensor): Promise<number[]> {
  const metric = metricFromConfig(config).bind({ labels: labels.shape, predictions: predictions.shape });
  const rows = (values: Tensor, start: number, count: number): Tensor =>
    values.slice([start, ...values.shape.slice(1).map(() => 0)], [count, ...values.shape.slice(1)]);
  const total = labels.shape[0]!;
  let state = initialStates([metric])[metric.name]!;
  for (let start = 0; start < total; start += 7) {
    const count = Math.min(7, total - start);
    state = metric.update(state, { labels: rows(labels, start, count), predictions: rows(predictions, start, count) });
  }
  const parts = Object.entries(state).map(async ([name, value]) => [name, await value.data()] as const);
  return Object.values(metric.result(Object.fromEntries(await Promise.all(parts))));
}

describe.each([["float64"], ["float32"]] as const)("in %s", (precision) => {
  beforeAll(() => useDevice("js", precision === "float64" ? { precision: "f64" } : {}));

  test.each(named)("$title", async ({ kind, options, labels, predictions, values }) => {
    const found = await streamed({ kind, options }, goldenTensor(labels), goldenTensor(predictions));
    // Numbers about 500 that differ by 0.7 have lost two digits in float32 before any metric sees them.
    const isFar = precision === "float32" && goldenTensor(labels).dtype !== "i32" && /Error|r2|Correlation/.test(kind);
    const isRounded =
      precision === "float32" && /entropy|Hinge|hinge|poisson|Divergence|Similarity|Wrapper|mean$|sum/.test(kind);
    expect(distance(found, values)).toBeLessThan(isFar ? 1e-4 : isRounded ? 1e-5 : 1e-6);
  });
});
