// Layers that are not sinter's own: made by makeLayer, saved by their kind, loaded by their maker; and functions as layers.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { numberWithin } from "#engine/base/options.ts";
import { concat } from "#engine/tensor/math.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { makeLayer, type Layer, type LayerOptions } from "#learning/nn/layer.ts";
import { layerFromConfig, layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential, type Model } from "#learning/train/model.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-custom-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface StretchOptions extends LayerOptions {
  readonly power: number;
}

/** kernel · x^power: a weight for each feature, and a penalty on the output. */
function stretch(options: StretchOptions): Layer {
  const power = numberWithin("stretch", "power", options.power, 1);
  return makeLayer({
    kind: "stretch",
    className: "Stretch",
    options,
    known: ["power"],
    config: { power },
    weights: ([input]) => [
      {
        name: "kernel",
        shape: [1, input?.shape.at(-1) ?? 1],
        initializer: { kind: "constant", value: 1 },
        trainable: true,
      },
    ],
    outputTypes: (inputs) => inputs,
    call: ({ kernel }, [x]) => {
      if (x === undefined || kernel === undefined) throw new Error("stretch takes one input and its kernel");
      const output = x.pow(power).mul(kernel);
      return { outputs: [output], losses: [output.square().mean().mul(0.01)] };
    },
  });
}

const customLayers = { stretch: { make: (options: object) => stretch({ power: 1, ...options }) } };
const x = tensor([
  [1, 2],
  [3, 4],
  [-1, 0.5],
]);
const y = tensor([[1], [2], [0]]);

function compiled(middle: Layer): Model {
  const model = sequential([layers.dense({ units: 3, inputShape: [2] }), middle, layers.dense({ units: 1 })]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0.001 }), loss: "meanSquaredError" });
  return model;
}

test.each([
  ["alone", () => stretch({ power: 2 })],
  ["wrapped", () => layers.spectralNormalization({ layer: stretch({ power: 2 }) })],
])("a layer of one's own, %s, is trained, saved and loaded", async (name, make) => {
  const model = compiled(make());
  const first = await model.trainOnBatch(x, y);
  const path = join(folder, name);
  await model.save(path);
  const loaded = await loadModel(path, { customLayers });
  expect(await (await loaded.predictOnBatch(x)).data()).toEqual(await (await model.predictOnBatch(x)).data());
  await expect(loadModel(path)).rejects.toThrow('Layer "stretch" is not known. Give its maker: { customLayers }.');
  for (let step = 0; step < 20; step += 1) await loaded.trainOnBatch(x, y);
  expect((await loaded.testOnBatch(x, y))["loss"]).toBeLessThan(first["loss"]!);
});

test("an option that the layer does not know is refused", () => {
  expect(() => customLayers.stretch.make({ powr: 2 })).toThrow("stretch: option powr is not known. Write power.");
});

test("a function is a layer, and its shape is found by trying it", async () => {
  const model = compiled(layers.lambda({ function: (one) => concat([one, one.neg()], 1).relu() }));
  expect(model.summary()).toContain("(None, 6)");
  await model.trainOnBatch(x, y);
  expect((await model.predictOnBatch(x)).shape).toEqual([3, 1]);
});

test("a function of two inputs", async () => {
  const both = layers.lambda({ function: (one, other) => (other === undefined ? one : one.mul(other)) });
  const types = [x, x].map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
  expect(both.outputTypes(types, "lambda")).toEqual([{ shape: [2], dtype: "f32" }]);
  const { outputs } = both.call({}, [x, x], { training: false });
  expect(await outputs[0]?.data()).toEqual(await x.square().data());
});

test("a model file holds no function", async () => {
  const path = join(folder, "lambda");
  const model = compiled(layers.lambda({ function: (one) => one.square() }));
  await model.save(path);
  await expect(loadModel(path)).rejects.toThrow("lambda: function is missing; a model file holds none.");
});

test.each([
  [() => layerFromConfig({ kind: "lambda", options: {} }), "function is missing"],
  [() => sequential([layers.lambda({ function: (one) => one.sum(), inputShape: [2] })]).summary(), "Keep axis 0"],
  [
    () => sequential([layers.lambda({ function: (one) => one, outputShape: [3], inputShape: [2] })]).summary(),
    "outputShape [3], but the function gives [2]",
  ],
])("%o is refused", (make, reason) => {
  expect(make).toThrow(reason);
});
