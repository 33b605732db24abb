// Options that many layers share against Keras, in float64: channels first, penalties on what a layer gives, constraints of all
// weights, batch renormalization, embeddings that go back.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { LayerConfig, Weights } from "#learning/nn/layer.ts";
import { layerFromConfig, layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { regularizers } from "#learning/nn/regularizers.ts";
import { model } from "#learning/train/functional.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";
import { checkLayerCase, measure, type LayerCase } from "./layer-case.ts";

type Options = Record<string, number>;
interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
}
interface Fit {
  readonly layer: string;
  readonly options: Options;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly seed: number;
  readonly weights: readonly (readonly GoldenTensor[])[];
}
interface Projections {
  readonly layer: string;
  readonly options: Options;
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly loss: number;
  readonly inputGradient: GoldenTensor;
}
interface Renorm {
  readonly options: Options;
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly weights: readonly Spec[];
  readonly trainable: readonly string[];
  readonly steps: readonly {
    readonly output: GoldenTensor;
    readonly gradients: readonly GoldenTensor[];
    readonly weights: readonly GoldenTensor[];
  }[];
  readonly inference: GoldenTensor;
}
interface Reversible {
  readonly options: Options;
  readonly seed: number;
  readonly words: number[][];
  readonly weights: readonly Spec[];
  readonly vectors: GoldenTensor;
  readonly output: GoldenTensor;
  readonly gradients: readonly GoldenTensor[];
}
const golden = readGolden("layer-options") as {
  readonly formats: Record<string, LayerCase>;
  readonly activity: Record<string, LayerCase>;
  readonly projections: Record<string, Projections>;
  readonly fits: Record<string, Fit>;
  readonly renorm: readonly Renorm[];
  readonly reversible: readonly Reversible[];
  readonly pipeline: readonly {
    readonly layers: LayerConfig[];
    readonly seed: number;
    readonly output: GoldenTensor;
  }[];
  readonly nested: { readonly seed: number; readonly loss: number };
};

beforeAll(() => useDevice("js", { precision: "f64" }));

test.each(Object.entries(golden.formats))("%s with channels first equals Keras", async (_, one) => {
  await checkLayerCase(one, 1e-12);
});

test.each(Object.entries(golden.activity))("%s with an activityRegularizer equals Keras", async (_, one) => {
  await checkLayerCase(one, 1e-12);
});

test.each(Object.entries(golden.projections))("activityRegularizer of %s looks at its projections", async (_, one) => {
  const layer = layerFromConfig({ kind: one.layer, options: one.options });
  const type = { shape: one.inputShape.slice(1), dtype: "f32" } as const;
  const weights = Object.fromEntries(
    layer
      .weights([type, type])
      .map(({ name, shape }, index) => [name, uniformTensor(one.seed + 1 + index, shape, 0.5)]),
  );
  const found = valueAndGrad<[Tensor]>((x) => {
    const { losses = [] } = layer.call(weights, [x, x], { training: false });
    return losses.reduce((sum, loss) => sum.add(loss));
  })(uniformTensor(one.seed, one.inputShape));
  expect(Math.abs((await found.value.item()) / one.loss - 1)).toBeLessThan(1e-6);
  expect(distance(await read(found.gradient), goldenValues(one.inputGradient))).toBeLessThan(1e-6);
});

test.each(Object.entries(golden.fits))("weights of %s obey their constraints as Keras's", async (kind, one) => {
  const isWords = kind === "embedding";
  const x = layers.input({ shape: one.inputShape, dtype: isWords ? "i32" : "f32" });
  const layer = layerFromConfig({ kind: one.layer, options: one.options });
  const net = model({ inputs: x, outputs: layer.apply(kind.endsWith("Attention") ? [x, x] : x) });
  net.compile({ optimizer: optimizers.sgd({ learningRate: 0.5 }), loss: "meanSquaredError" });
  net.build();
  const shapes = net.network.weights.map(({ shape }) => shape);
  net.setWeights(shapes.map((shape, index) => uniformTensor(one.seed + 1 + index, shape, 1)));
  for (const [step, expected] of one.weights.entries()) {
    const drawn = uniformTensor(one.seed + 20 + step, [2, ...one.inputShape], 2);
    const batch = isWords ? drawn.add(2).floor().cast("i32") : drawn;
    await net.trainOnBatch(batch, uniformTensor(one.seed + 40 + step, [2, ...one.outputShape], 2));
    for (const [index, value] of (await net.getWeights()).entries()) {
      expect(distance(await read(value), goldenValues(expected[index]!))).toBeLessThan(1e-6);
    }
  }
});

test.each(golden.pipeline)("pipeline of $layers equals Keras", async ({ layers: parts, seed, output }) => {
  const layer = layerFromConfig({ kind: "pipeline", options: { layers: parts } });
  const type = { shape: [4, 4, 3], dtype: "f32" } as const;
  expect(layer.outputTypes([type], "pipeline")[0]?.shape).toEqual(output.shape.slice(1));
  const [found] = layer.call({}, [uniformTensor(seed, [2, 4, 4, 3])], { training: false }).outputs;
  expect(distance(await read(found!), goldenValues(output))).toBeLessThan(1e-6);
});

test("a pipeline of nothing is refused", () => {
  expect(() => layers.pipeline({ layers: [] })).toThrow("no list of layers");
});

test("the penalty of a model's weight counts once where the model is a layer of another", async () => {
  const { seed, loss } = golden.nested;
  const inner = sequential([
    layers.dense({ units: 2, kernelRegularizer: regularizers.l2({ l2: 0.5 }), inputShape: [3] }),
  ]);
  const net = sequential([layers.input({ shape: [3] }), inner, layers.dense({ units: 1 })]);
  net.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  net.build();
  net.setWeights(net.network.weights.map(({ shape }, index) => uniformTensor(seed + 1 + index, shape, 0.5)));
  const logs = await net.testOnBatch(uniformTensor(seed, [4, 3]), uniformTensor(seed + 50, [4, 1]));
  expect(Math.abs(logs["loss"]! / loss - 1)).toBeLessThan(1e-6);
});

test.each(golden.renorm)("batchNormalization $options equals Keras step by step", async (one) => {
  const layer = layerFromConfig({ kind: "batchNormalization", options: one.options });
  const type = { shape: one.inputShape.slice(1), dtype: "f32" } as const;
  expect(layer.weights([type]).map(({ name, shape }) => ({ name, shape }))).toEqual(one.weights);
  let weights: Weights = Object.fromEntries(
    one.weights.map(({ name, shape }, index) => [name, uniformTensor(one.seed + 1 + index, shape, 0.5, 1)]),
  );
  for (const [step, expected] of one.steps.entries()) {
    const x = uniformTensor(one.seed + 20 + step, one.inputShape, 2);
    const cotangent = uniformTensor(one.seed + 50, one.inputShape);
    const found = await measure(layer, weights, x, { training: true, cotangent });
    expect(distance(found.output, goldenValues(expected.output))).toBeLessThan(1e-6);
    for (const [index, name] of ["input", ...one.trainable].entries()) {
      expect(distance(found.gradients.get(name)!, goldenValues(expected.gradients[index]!))).toBeLessThan(1e-6);
    }
    weights = { ...weights, ...found.state };
    for (const [index, { name }] of one.weights.entries()) {
      expect(distance(await read(weights[name]!), goldenValues(expected.weights[index]!))).toBeLessThan(1e-6);
    }
  }
  const x = uniformTensor(one.seed + 30, one.inputShape, 2);
  const [output] = layer.call(weights, [x], { training: false }).outputs;
  expect(distance(await read(output!), goldenValues(one.inference))).toBeLessThan(1e-6);
});

describe("reversibleEmbedding", () => {
  test.each(golden.reversible)("$options equals Keras there and back", async (one) => {
    const layer = layers.reversibleEmbedding(one.options as unknown as { inputDim: number; outputDim: number });
    const words = tensor(one.words.flat(), { shape: [2, 3], dtype: "i32" });
    expect(layer.weights([{ shape: [3], dtype: "i32" }]).map(({ name, shape }) => ({ name, shape }))).toEqual(
      one.weights,
    );
    const weights: Weights = Object.fromEntries(
      one.weights.map(({ name, shape }, index) => [name, uniformTensor(one.seed + 1 + index, shape, 1)]),
    );
    const found = valueAndGrad<[Weights], { output: Tensor; vectors: Tensor }>(
      (own) => {
        const vectors = layer.call(own, [words], { training: true }).outputs[0]!;
        const output = layer.call(own, [vectors.tanh()], { training: true }).outputs[0]!;
        return { value: output.mul(uniformTensor(one.seed + 50, output.shape)).sum(), aux: { output, vectors } };
      },
      { hasAux: true },
    )(weights);
    expect(distance(await read(found.aux.vectors), goldenValues(one.vectors))).toBeLessThan(1e-12);
    expect(distance(await read(found.aux.output), goldenValues(one.output))).toBeLessThan(1e-6);
    for (const [index, { name }] of one.weights.entries()) {
      expect(distance(await read(found.gradient[name]!), goldenValues(one.gradients[index]!))).toBeLessThan(1e-6);
    }
  });

  test("refuses numbers that are no vectors of it", () => {
    const layer = layers.reversibleEmbedding({ inputDim: 5, outputDim: 3 });
    expect(() => layer.outputTypes([{ shape: [2, 4], dtype: "f32" }], "embedding")).toThrow(
      "are no vectors of 3 numbers",
    );
  });
});

test.each([
  ["conv2d", { filters: 1, kernelSize: 1, dataFormat: "channels_first" }, 'Write "channelsFirst"'],
  ["conv2d", { filters: 1, kernelSize: 1, dataFormat: "first" }, "is not known"],
  ["conv2d", { filters: 1, kernelSize: 1, activation: "softmax", dataFormat: "channelsFirst" }, "last axis"],
  ["dense", { units: 1, activityRegularizer: "l3" }, "activityRegularizer"],
  ["batchNormalization", { renorm: true, renormClipping: { rmax: 1, rmin: 2 } }, "rmax is 1. Give a number from 2"],
  ["batchNormalization", { renormClipping: { dmin: 2 } }, "dmin is not known"],
])("%s with %o is refused", (kind, options, reason) => {
  expect(() => layerFromConfig({ kind, options })).toThrow(reason);
});

test("an embedding begins with the weights that it is given, and no others fit", async () => {
  const weights = uniformTensor(5, [4, 3]);
  const net = layers.embedding({ inputDim: 4, outputDim: 3, weights });
  expect(net.config.options).not.toHaveProperty("weights");
  expect(net.weights([{ shape: [2], dtype: "i32" }])[0]?.value).toBe(weights);
  expect(() =>
    layers.embedding({ inputDim: 3, outputDim: 3, weights }).weights([{ shape: [2], dtype: "i32" }]),
  ).toThrow("Give [3, 3]");
});
