// Laws that every layer of the closed list obeys: what it declares is what it does, a model file makes it again, traced
// equals eager, and one step of gradient descent lowers a loss.

import "#entry/install-node.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor, zeros } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { fold, key, uniform } from "#engine/tensor/random.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { initialValue } from "#learning/nn/initializers.ts";
import type { Layer, SampleType, Weights } from "#learning/nn/layer.ts";
import { layerFromConfig, layers } from "#learning/nn/layers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { sequential } from "#learning/train/model.ts";
import { distance } from "../golden/golden.ts";
import { targetTolerance } from "../tolerances.ts";
import { trainingOnly } from "./preprocessing-samples.ts";
import { layerSamples } from "./every-layer.ts";
import { noiseSamples, type Sample } from "./layer-samples.ts";

/** Layers that train another network than they test, or change their weights before a step: their loss may rise. */
const isOther = ({ config: { kind, options }, trainable }: Layer): boolean =>
  [...Object.keys(noiseSamples), ...trainingOnly, "spectralNormalization"].includes(kind) ||
  [options["dropout"] ?? 0, options["recurrentDropout"] ?? 0].some((share) => share !== 0) ||
  (kind === "batchNormalization" && trainable);

const cases = Object.entries(layerSamples).flatMap(([kind, list]) =>
  list.map(({ make, input, others = [], range = [-1, 1] as const }, index) => ({
    name: `${kind} ${index}`,
    layer: make(input),
    inputs: [input, ...others],
    range,
  })),
);

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-layers-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const batch = 3;
/** Sums of numbers around 1 that cancel leave less than this in float32. */
const roundedZero = 1e-6;

function weightsOf(layer: Layer, inputs: Inputs): Weights {
  return Object.fromEntries(
    layer
      .weights(typesOf(inputs))
      .map(({ name, shape, initializer }, index) => [name, initialValue(initializer, shape, fold(key(5), index))]),
  );
}

type Inputs = readonly (readonly number[])[];
type Range = NonNullable<Sample["range"]>;

function typesOf(inputs: Inputs): SampleType[] {
  return inputs.map((shape) => ({ shape, dtype: "f32" }));
}

function valuesOf(inputs: Inputs, [low, high]: Range): Tensor[] {
  return inputs.map((shape, index) => uniform(key(1 + index), [batch, ...shape], { low, high }));
}

function call(
  layer: Layer,
  weights: Weights,
  inputs: readonly Tensor[],
  { random, training }: { random: Tensor; training: boolean },
): readonly Tensor[] {
  const { outputs, state = {}, losses = [] } = layer.call(weights, inputs, { training, key: random });
  return [...outputs, ...Object.values(state), ...losses];
}

// A device of its own for a whole run over the layers: random numbers are equal everywhere, sums differ by rounding.
describe("on wasm as on the oracle", () => {
  test.each(cases)("$name", async ({ layer, inputs, range }) => {
    const run = async (device: "js" | "wasm"): Promise<number[][]> => {
      await useDevice(device, device === "wasm" ? { threads: 2, relaxedSimd: false } : {});
      const weights = weightsOf(layer, inputs);
      const step = jit((w: Weights, x: readonly Tensor[], random: Tensor) =>
        valueAndGrad<[{ w: Weights; x: readonly Tensor[] }], readonly Tensor[]>(
          (at) => {
            const results = call(layer, at.w, at.x, { random, training: true });
            // A sum of squares would not do: it is the same for every input of a normalization.
            const total = results.reduce(
              (sum, value) => sum.add(value.mul(uniform(key(9), value.shape)).sum()),
              zeros([]),
            );
            return { value: total, aux: results };
          },
          { hasAux: true },
        )({ w, x }),
      );
      const { gradient, aux } = step(weights, valuesOf(inputs, range), key(2));
      const values = [...aux, ...Object.values(gradient.w), ...gradient.x];
      return Promise.all(values.map(async (value) => Array.from(await value.data())));
    };
    try {
      const [oracle, wasm] = [await run("js"), await run("wasm")];
      oracle.forEach((values, index) => {
        // What is 0 but for rounding, as the gradient of the bias of keys in attention, has no scale of its own.
        const isZero = values.every((value) => Math.abs(value) < roundedZero);
        const error = isZero
          ? Math.max(...wasm[index]!.map(Math.abs), 0) / roundedZero
          : distance(wasm[index]!, values);
        expect(error).toBeLessThan(isZero ? 1 : targetTolerance * 10);
      });
    } finally {
      await useDevice("js");
    }
  });
});

describe.each(cases)("$name", ({ layer, inputs, range }) => {
  const types = typesOf(inputs);

  test.each([true, false])("declares its outputs and weights, training %s", async (training) => {
    const weights = weightsOf(layer, inputs);
    const result = layer.call(weights, valuesOf(inputs, range), { training, key: key(2) });
    const declared = layer.outputTypes(types, layer.config.kind);
    expect(result.outputs.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      declared.map(({ shape, dtype }) => ({ shape: [batch, ...shape], dtype })),
    );
    const specs = layer.weights(types);
    for (const [name, value] of Object.entries(result.state ?? {})) {
      const spec = specs.find((one) => one.name === name);
      expect(spec?.shape).toEqual(value.shape);
      if (layer.config.kind !== "spectralNormalization") expect(spec?.trainable).toBe(false);
    }
    for (const value of await result.outputs[0]!.data()) expect(value).toBeTypeOf("number");
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
  });

  test("is made again by its configuration", () => {
    const config = JSON.parse(JSON.stringify(layer.config)) as typeof layer.config;
    if (config.kind === "lambda") return; // Files hold no functions: custom-layers.test.ts.
    expect(layerFromConfig(config).config).toEqual(layer.config);
  });

  test.each([true, false])("traced equals eager, training %s", async (training) => {
    const weights = weightsOf(layer, inputs);
    const eager = call(layer, weights, valuesOf(inputs, range), { random: key(2), training });
    const traced = jit((w: Weights, x: readonly Tensor[], random: Tensor) => call(layer, w, x, { random, training }))(
      weights,
      valuesOf(inputs, range),
      key(2),
    );
    for (const [index, value] of eager.entries()) expect(await traced[index]!.data()).toEqual(await value.data());
  });

  test("a saved model gives equal bytes, and one step lowers its loss", async () => {
    const numOutputs = layer.outputTypes(types, layer.config.kind).length;
    if (inputs.length > 1 || numOutputs > 1 || layer.config.kind === "lambda") return;
    const model = sequential([layer, layers.flatten(), layers.dense({ units: 2, activation: "softmax" })]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
    const [x = zeros([])] = valuesOf(inputs, range);
    const y = tensor(Int32Array.of(0, 1, 1));
    const before = await model.testOnBatch(x, y);
    await model.trainOnBatch(x, y);
    const paths = [join(folder, "first"), join(folder, "second")];
    await model.save(paths[0]!);
    const loaded = await loadModel(paths[0]!);
    await loaded.save(paths[1]!);
    const read = (file: string): Promise<string[]> =>
      Promise.all(paths.map((path) => readFile(join(path, file), "latin1")));
    for (const file of ["model.json", "model.safetensors"]) {
      const [first, second] = await read(file);
      expect(second).toBe(first);
    }
    expect(await (await loaded.predictOnBatch(x)).data()).toEqual(await (await model.predictOnBatch(x)).data());
    if (isOther(layer)) return;
    const after = await model.testOnBatch(x, y);
    expect(after["loss"]).toBeLessThan(before["loss"]!);
  });
});
