// Group, RMS, unit and spectral normalization against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { full } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layerFromConfig, layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";
import { checkLayerCase, measure, type LayerCase } from "./layer-case.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

const bound = 1e-12;
const { cases, spectral, trained } = readGolden("layers-norms") as {
  cases: Record<string, LayerCase>;
  spectral: Record<string, SpectralCase>;
  trained: {
    readonly seed: number;
    readonly shapes: readonly (readonly number[])[];
    readonly weights: readonly (readonly GoldenTensor[])[];
  };
};
test.each(Object.entries(cases))("%s equals Keras", (_, golden) => checkLayerCase(golden, bound));

interface SpectralStep extends Pick<LayerCase, "output" | "inputGradient" | "weightGradients"> {
  readonly weights: readonly GoldenTensor[];
}

interface SpectralCase extends Omit<LayerCase, keyof SpectralStep | "weights"> {
  readonly wrapper: Record<string, number>;
  readonly weights: readonly { name: string; shape: readonly number[] }[];
  readonly trainable: readonly string[];
  readonly steps: readonly SpectralStep[];
  readonly inference: SpectralStep;
}

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

test.each(Object.entries(spectral))("spectralNormalization of %s equals Keras", async (_, golden) => {
  const { seed, inputShape, options, wrapper } = golden;
  const inner = { kind: golden.layer, options };
  const layer = layerFromConfig({ kind: "spectralNormalization", options: { ...wrapper, layer: inner } });
  const names = golden.weights.map(({ name }) => camel(name));
  const specs = layer.weights([{ shape: inputShape.slice(1), dtype: "f32" }]);
  expect(specs.map(({ name, shape }) => ({ name, shape }))).toEqual(
    golden.weights.map(({ shape }, index) => ({ name: names[index], shape })),
  );
  expect(specs.flatMap(({ name, trainable }) => (trainable ? [name] : []))).toEqual(golden.trainable.map(camel));
  let weights: Weights = Object.fromEntries(
    golden.weights.map(({ shape }, index) => [names[index], uniformTensor(seed + 1 + index, shape, 0.5)]),
  );
  for (const [step, expected] of [...golden.steps, golden.inference].entries()) {
    const training = step < golden.steps.length;
    const cotangent = uniformTensor(seed + 50, expected.output.shape);
    const result = await measure(layer, weights, uniformTensor(seed + 10 + step, inputShape), { training, cotangent });
    expect(Object.keys(result.state)).toEqual(training ? ["kernel", "vectorU"] : []);
    weights = { ...weights, ...result.state };
    expect(distance(result.output, goldenValues(expected.output))).toBeLessThan(bound);
    expect(distance(result.gradients.get("input")!, goldenValues(expected.inputGradient))).toBeLessThan(bound);
    for (const [index, name] of golden.trainable.entries()) {
      const slope = result.gradients.get(camel(name))!;
      expect(distance(slope, goldenValues(expected.weightGradients[index]!))).toBeLessThan(bound);
    }
    for (const [index, name] of names.entries()) {
      expect(distance(await read(weights[name]!), goldenValues(expected.weights[index]!))).toBeLessThan(bound);
    }
  }
});

test("a step is taken from the normalized kernel, as in Keras", async () => {
  const { seed, shapes, weights } = trained;
  const wrapped = layers.spectralNormalization({
    layer: layers.dense({ units: 3, inputShape: [4] }),
    powerIterations: 2,
  });
  const model = sequential([wrapped, layers.dense({ units: 1 })]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0.125 }), loss: "meanSquaredError" });
  model.setWeights(shapes.map((shape, index) => uniformTensor(seed + 1 + index, shape, 0.5)));
  for (const expected of weights) {
    await model.trainOnBatch(uniformTensor(seed, [6, 4]), uniformTensor(seed + 50, [6, 1]));
    for (const [index, after] of (await model.getWeights()).entries()) {
      expect(distance(await read(after), goldenValues(expected[index]!))).toBeLessThan(bound);
    }
  }
});

test("spectralNormalization leaves a kernel of zeros", async () => {
  const layer = layerFromConfig({
    kind: "spectralNormalization",
    options: { layer: { kind: "dense", options: { units: 2 } } },
  });
  const weights = { vectorU: full([1, 2], 0.5), kernel: full([3, 2], 0), bias: full([2], 1) };
  const { outputs, state = {} } = layer.call(weights, [full([1, 3], 2)], { training: true });
  expect(await read(outputs[0]!)).toEqual([1, 1]);
  expect(await read(state["vectorU"]!)).toEqual([0.5, 0.5]);
  expect(await read(state["kernel"]!)).toEqual([0, 0, 0, 0, 0, 0]);
});

test("unitNormalization leaves zeros, with a finite gradient", async () => {
  const layer = layerFromConfig({ kind: "unitNormalization", options: {} });
  const { output, gradients } = await measure(layer, {}, full([1, 3], 0), {
    training: false,
    cotangent: full([1, 3], 1),
  });
  expect(output).toEqual([0, 0, 0]);
  expect(gradients.get("input")!.every(Number.isFinite)).toBe(true);
});

test.each([
  ["groupNormalization", { groups: 0 }, "groups is 0. Give an integer of at least 1."],
  ["rmsNormalization", { scale: true }, "option scale is not known"],
  [
    "spectralNormalization",
    { layer: { kind: "dense", options: { units: 3, useBia: true } } },
    "dense: option useBia is not known. Write useBias.",
  ],
  ["spectralNormalization", {}, "layer is no layer"],
])("%s with %o is refused", (kind, options, reason) => {
  expect(() => layerFromConfig({ kind, options })).toThrow(reason);
});

test.each([
  ["groupNormalization", {}, [4, 6], "6 channels do not split into 32 groups"],
  ["unitNormalization", { axis: 0 }, [4, 6], "axis 0 of an input of rank 3"],
  ["spectralNormalization", { layer: { kind: "flatten", options: {} } }, [3, 5], "has no kernel or embeddings"],
])("%s %o of %o is refused", (kind, options, shape, reason) => {
  const types = [{ shape, dtype: "f32" as const }];
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});
