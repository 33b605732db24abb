// Constraints and penalties of weights as options of layers: by name, saved and loaded, refused.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { constraints } from "#learning/nn/constraints.ts";
import { layers } from "#learning/nn/layers.ts";
import { regularizers } from "#learning/nn/regularizers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-constraints-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const [x, y] = [Float32Array.of(1, 2, 3, -1), Float32Array.of(1, -2)].map(
  (values) => () => tensor(values, { shape: [2, values.length / 2] }),
);

function compiled(model: Model): Model {
  model.compile({ optimizer: "sgd", learningRate: 0.1, loss: "meanSquaredError" });
  return model;
}

const kernelOf = async (model: Model): Promise<number[]> => Array.from(await (await model.getWeights())[0]!.data());

test("a name stands for Keras's defaults, and a file keeps the rules", async () => {
  const model = compiled(
    sequential([
      layers.dense({
        name: "first",
        units: 3,
        inputShape: [2],
        kernelConstraint: "unitNorm",
        biasConstraint: constraints.nonNeg(),
      }),
      layers.dense({
        name: "second",
        units: 1,
        kernelConstraint: constraints.minMaxNorm({ minValue: 0.5, rate: 0.5, axis: [0, 1] }),
        kernelRegularizer: regularizers.orthogonalRegularizer({ factor: 0.2, mode: "columns" }),
      }),
    ]),
  );
  await model.trainOnBatch(x!(), y!());
  await model.save(folder);
  const loaded = await loadModel(folder);
  const options = (one: Model): unknown => one.network.layers.map(({ layer }) => layer.config.options);
  expect(options(loaded)).toEqual(options(model));
  await Promise.all([model.trainOnBatch(x!(), y!()), loaded.trainOnBatch(x!(), y!())]);
  expect(await kernelOf(loaded)).toEqual(await kernelOf(model));
  const kernel = await kernelOf(model);
  for (let unit = 0; unit < 3; unit += 1) expect(Math.hypot(kernel[unit]!, kernel[unit + 3]!)).toBeCloseTo(1, 5);
});

test("a frozen kernel is left as it is, and all weights after a loss that is not finite", async () => {
  const model = compiled(
    sequential([
      layers.dense({ units: 2, inputShape: [2], kernelConstraint: "unitNorm", trainable: false }),
      layers.dense({ units: 1, kernelConstraint: "unitNorm" }),
    ]),
  );
  model.build();
  const before = await kernelOf(model);
  await model.trainOnBatch(x!(), y!());
  expect(await kernelOf(model)).toEqual(before);
  const kept = await (await model.getWeights())[2]!.data();
  await model.trainOnBatch(x!(), tensor([[Number.NaN], [1]]));
  expect(await (await model.getWeights())[2]!.data()).toEqual(kept);
});

test("wrong rules are refused", () => {
  const dense = (options: object): unknown => layers.dense({ units: 1, inputShape: [2], ...options });
  expect(() => dense({ kernelConstraint: "max_norm" })).toThrow('Write "maxNorm".');
  expect(() => dense({ kernel_constraint: "maxNorm" })).toThrow("Write kernelConstraint.");
  expect(() => dense({ biasConstraint: { kind: "maxNorm", maxValue: -1, axis: 0 } })).toThrow("maxValue is -1");
  expect(() => constraints.minMaxNorm({ minValue: 2, maxValue: 1 })).toThrow("from 2");
  expect(() => constraints.unitNorm({ axis: 0.5 })).toThrow("axis is 0.5");
  const model = compiled(
    sequential([layers.dense({ units: 1, inputShape: [2], biasRegularizer: regularizers.orthogonalRegularizer() })]),
  );
  return expect(model.trainOnBatch(x!(), y!())).rejects.toThrow("is no matrix");
});
