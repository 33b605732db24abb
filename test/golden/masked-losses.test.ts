// Losses of outputs with a mask against Keras, in float64: the mean is over the places that count, also that of metrics.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { ActivationName } from "#learning/nn/activations.ts";
import { makeLayer, type Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import type { LossName } from "#learning/train/losses.ts";
import type { MetricName } from "#learning/train/metrics.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { weightedMean } from "#learning/train/weighted-mean.ts";
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

interface Case {
  readonly loss: LossName;
  readonly units: number;
  readonly activation: ActivationName;
  readonly labels: GoldenTensor;
  readonly sampleWeight: number[] | number[][] | null;
  readonly isMasked: boolean;
  readonly tested: Record<string, number>;
  readonly trained: number;
  readonly after: GoldenTensor[];
}
const golden = readGolden("masked-losses") as { lengths: number[]; cases: Record<string, Case> };

beforeAll(() => useDevice("js", { precision: "f64" }));

/** Says that places of nothing but zeros do not count, as Keras's Masking. */
function zerosMasked(): Layer {
  return makeLayer({
    kind: "zerosMasked",
    className: "Masking",
    options: { inputShape: [4, 3] },
    known: [],
    config: {},
    outputTypes: (inputs) => inputs,
    call: (_weights, inputs) => ({
      outputs: inputs,
      masks: inputs.map((x) => x.notEqual(0).cast("f32").max(-1).greater(0)),
    }),
  });
}

const metrics: Record<number, readonly MetricName[]> = {
  1: ["accuracy", "precision", "recall"],
  2: ["meanAbsoluteError", "meanSquaredError", "rootMeanSquaredError"],
  3: ["accuracy"],
};

function masked({ units, activation, loss }: Case): Model {
  const model = sequential([
    zerosMasked(),
    layers.dense({ units: 4, activation: "tanh" }),
    layers.dense({ units, activation }),
  ]);
  model.setWeights(model.network.weights.map(({ shape }, index) => uniformTensor(10 + index, shape, 0.5)));
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss, metrics: metrics[units]! });
  return model;
}

function inputs({ isMasked }: Case): Tensor {
  const values = uniformValues(1, 5 * 4 * 3);
  golden.lengths.forEach((length, row) => values.fill(0, (row * 4 + (isMasked ? 0 : length)) * 3, (row + 1) * 12));
  return tensor(values, { shape: [5, 4, 3] });
}

test.each(Object.entries(golden.cases))("%s as Keras", async (_, one) => {
  const model = masked(one);
  const [x, y] = [inputs(one), goldenTensor(one.labels)];
  const options = one.sampleWeight === null ? {} : { sampleWeight: weightsOf(one.sampleWeight) };
  const tested = await model.testOnBatch(x, y, options);
  expect(Object.keys(tested).toSorted()).toEqual(Object.keys(one.tested).toSorted());
  for (const [name, value] of Object.entries(one.tested)) {
    expect([name, Math.abs(tested[name]! - value) < 1e-12]).toEqual([name, true]);
  }
  const { loss: trained } = await model.trainOnBatch(x, y, options);
  expect(distance([trained!], [one.trained])).toBeLessThan(1e-12);
  for (const [index, weight] of (await model.getWeights()).entries()) {
    expect(distance(await read(weight), goldenValues(one.after[index]!))).toBeLessThan(1e-12);
  }
});

function weightsOf(given: number[] | number[][]): Tensor {
  const shape = Array.isArray(given[0]) ? [given.length, given[0].length] : [given.length];
  return tensor(Float64Array.from(given.flat()), { shape });
}

describe("weights that do not fit", () => {
  const values = tensor(new Float64Array(6), { shape: [2, 3] });
  const places = tensor(new Float64Array(8), { shape: [2, 4] });

  test("a mask of other places", () => {
    const mask = places.greaterEqual(0);
    expect(() => weightedMean(values, undefined, mask)).toThrow("the output's mask [2, 4] does not fit losses [2, 3]");
  });

  test("weights of other places", () => {
    expect(() => weightedMean(values, places, undefined)).toThrow("sampleWeight [2, 4] does not fit losses [2, 3]");
  });
});
