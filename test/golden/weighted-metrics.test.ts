// Metrics for which samples count as their weights say, and stateful layers in evaluate, against Keras, in float64.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { model as functional } from "#learning/train/functional.ts";
import { metricFromConfig, type MetricName, type MetricState, type MetricValues } from "#learning/train/metrics.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type FitOptions } from "#learning/train/model.ts";
import { weightedMetrics } from "#learning/train/weighted-metrics.ts";
import {
  distance,
  goldenTensor,
  goldenValues,
  read,
  readGolden,
  uniformTensor,
  uniformValues,
  type GoldenTensor,
} from "./golden.ts";

type Logs = Readonly<Record<string, number>>;
interface Case {
  readonly kind: string;
  readonly options: Readonly<Record<string, number>>;
  readonly labels: GoldenTensor;
  readonly predictions: GoldenTensor;
  readonly value: number;
}
interface Fit {
  readonly metrics: readonly string[];
  readonly weighted: readonly string[];
  readonly options: Pick<FitOptions, "classWeight"> & { readonly sampleWeight?: number[] };
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly evaluated: Logs;
  readonly unweighted: Logs;
}
interface Stateful {
  readonly losses: readonly number[];
  readonly states: readonly GoldenTensor[];
  readonly after: GoldenTensor;
}
const golden = readGolden("weighted-metrics") as {
  readonly first: number;
  readonly weights: number[];
  readonly classes: number[];
  readonly cases: readonly Case[];
  readonly fits: readonly Fit[];
  readonly several: Logs;
  readonly stateful: Readonly<Record<"lstm" | "gru" | "simpleRnn", Stateful>>;
};
const { first, weights, classes } = golden;
const numRows = weights.length;
const quiet = { verbose: 0, batchSize: 10 } as const;

beforeAll(() => useDevice("js", { precision: "f64" }));

function rowsOf(values: Tensor, start: number, end: number): Tensor {
  const rest = values.shape.slice(1);
  return values.slice([start, ...rest.map(() => 0)], [end - start, ...rest]);
}

/** Keras's name in camelCase: what `compile` takes. */
function camel(name: string): MetricName {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as MetricName;
}

function expectLogs(found: Logs, expected: Logs): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, value] of Object.entries(expected)) {
    expect(Math.abs(found[name]! - value), name).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
  }
}

test.each(golden.cases)("$kind with weights equals Keras", async ({ kind, options, labels, predictions, value }) => {
  const [metric] = weightedMetrics([metricFromConfig({ kind, options })], []);
  const [y, p] = [goldenTensor(labels), goldenTensor(predictions)];
  const bound = metric!.bind({ labels: y.shape, predictions: p.shape });
  const counts = tensor(Float64Array.from(weights));
  let state: MetricState = {};
  for (const [start, end] of [
    [0, first],
    [first, numRows],
  ] as const) {
    const outcome = { labels: rowsOf(y, start, end), predictions: rowsOf(p, start, end) };
    state = bound.update(state, { ...outcome, weights: rowsOf(counts, start, end) });
  }
  const types = Object.fromEntries(Object.entries(state).map(([name, { dtype }]) => [name, dtype]));
  expect(types).toEqual(Object.fromEntries(Object.entries(bound.state).map(([name, { dtype }]) => [name, dtype])));
  const values: Record<string, MetricValues[string]> = {};
  for (const [name, part] of Object.entries(state)) values[name] = await part.data();
  expect(Math.abs(Object.values(bound.result(values))[0]! - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
});

function classifier({ metrics, weighted }: Pick<Fit, "metrics" | "weighted">) {
  const model = sequential([layers.dense({ units: 3, activation: "softmax", inputShape: [3] })]);
  model.setWeights([uniformTensor(3, [3, 3], 0.5), uniformTensor(4, [3], 0.5)]);
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: metrics.map(camel),
    weightedMetrics: weighted.map(camel),
  });
  return model;
}

const x = { data: uniformValues(1, numRows * 3), shape: [numRows, 3] };
const y = Int32Array.from(classes);

describe.each(golden.fits)("weightedMetrics $weighted beside metrics $metrics", (one) => {
  const { options, history: expected } = one;

  test("are logged by fit and evaluate as Keras's", async () => {
    const model = classifier(one);
    const rows = Array.from({ length: numRows }, (_, row) => Array.from(x.data.subarray(row * 3, row * 3 + 3)));
    const validationData = [rows, classes, weights] as const;
    const history = await model.fit(rows, classes, { ...quiet, ...options, epochs: 2, shuffle: false, validationData });
    expect(Object.keys(history.history).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, epoch) => expect(history.history[name]![epoch], name).toBeCloseTo(value, 6));
    }
    expectLogs(await model.evaluate(rows, classes, { ...quiet, sampleWeight: weights }), one.evaluated);
    expectLogs(await model.evaluate(rows, classes, quiet), one.unweighted);
  });
});

test("of several outputs are given and logged by output, and saved with the model", async () => {
  const input = layers.input({ shape: [3] });
  const kind = layers.dense({ units: 3, activation: "softmax", name: "kind" }).apply(input);
  const age = layers.dense({ units: 1, name: "age" }).apply(input);
  const model = functional({ inputs: input, outputs: [kind, age] });
  model.compile({
    optimizer: "sgd",
    loss: ["sparseCategoricalCrossentropy", "meanSquaredError"],
    metrics: { kind: ["accuracy"] },
    weightedMetrics: { kind: ["accuracy"], age: ["meanAbsoluteError"] },
  });
  model.build();
  const shapes = model.network.weights.map(({ shape }) => shape);
  model.setWeights(shapes.map((shape, index) => uniformTensor(3 + index, shape, 0.5)));
  const folder = await mkdtemp(join(tmpdir(), "sinter-weighted-"));
  try {
    await model.save(folder);
    for (const one of [model, await loadModel(folder)]) {
      const targets = [tensor(y), uniformTensor(2, [numRows, 1])];
      const options = { verbose: 0, batchSize: 12, sampleWeight: [weights, weights.toReversed()] } as const;
      expectLogs(await one.evaluate(uniformTensor(1, [numRows, 3]), targets, options), golden.several);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each(Object.entries(golden.stateful))("the states of a stateful %s move on in evaluate", async (kind, one) => {
  const options = { units: 4, stateful: true, batchSize: 2, inputShape: [3, 2] };
  const model = sequential([layers[kind as "lstm"](options), layers.dense({ units: 1 })]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  model.build();
  const specs = model.network.weights;
  const own = specs.filter(({ trainable }) => trainable).map(({ path }) => path);
  model.setWeights(
    Object.fromEntries(
      own.map((path, index) => [path, uniformTensor(3 + index, specs.find((spec) => spec.path === path)!.shape, 0.5)]),
    ),
  );
  const [samples, values] = [uniformTensor(1, [6, 3, 2]), uniformTensor(2, [6, 1])];
  const found: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    const logs = await model.evaluate(samples, values, { verbose: 0, batchSize: 2 });
    found.push(logs["loss"]!);
  }
  const logs = await model.testOnBatch(rowsOf(samples, 0, 2), rowsOf(values, 0, 2));
  found.push(logs["loss"]!);
  expect(distance(found, one.losses)).toBeLessThan(1e-6);
  const states = (await model.getWeights()).filter((_, index) => specs[index]!.isCarried === true);
  expect(states.length).toBe(one.states.length);
  for (const [index, state] of states.entries()) {
    expect(distance(await read(state), goldenValues(one.states[index]!))).toBeLessThan(1e-6);
  }
  const after = await read(await model.predictOnBatch(rowsOf(samples, 0, 2)));
  expect(distance(after, goldenValues(one.after))).toBeLessThan(1e-6);
});
