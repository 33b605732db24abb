// Decoders beside transformers: files of its names and layouts are read, logits and gradients equal, and writing on place by
// place gives what reading the whole text gives. See scripts/golden/decoders.py.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import type { Model } from "#learning/train/model.ts";
import { allWeights } from "#learning/train/model-core.ts";
import { nextLogits } from "#learning/train/next-logits.ts";
import { TransformersConfig } from "#learning/zoo/transformers-folder.ts";
import { decoderOf } from "#learning/zoo/decoder-config.ts";
import { gpt2 } from "#learning/zoo/gpt2.ts";
import { fromTransformers, storedNameOf } from "#learning/zoo/transformers.ts";
import { distance, goldenValues, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

interface DecoderCase {
  readonly config: Readonly<Record<string, unknown>>;
  readonly logits: GoldenTensor;
  readonly gradients: Readonly<Record<string, GoldenTensor>>;
}

const { ids, models, numWeights } = readGolden("decoders") as {
  readonly ids: readonly (readonly number[])[];
  readonly models: Readonly<Record<string, DecoderCase>>;
  readonly numWeights: Readonly<Record<string, number>>;
};
const inputLength = ids[0]!.length;
const tokens = (): Tensor => tensor(Int32Array.from(ids.flat()), { shape: [ids.length, inputLength] });

/** The weights of a file, as the script makes them. */
function fileOf({ gradients }: DecoderCase): ReadonlyMap<string, StoredTensor> {
  const stored = Object.entries(gradients).map(([name, { shape }], index) => {
    const limit = shape.length === 2 ? Math.sqrt(3 / shape[1]!) : 0.2;
    const middle = shape.length === 2 || name.endsWith("bias") ? 0 : 1;
    const data = Float32Array.from(uniformValues(100 + index, sizeOf(shape), limit, middle));
    return [name, { dtype: "f32", shape, data }] as const;
  });
  return new Map(stored);
}

function modelOf(one: DecoderCase): Model {
  return fromTransformers(one.config, fileOf(one), { inputLength });
}

describe("decoders", () => {
  beforeAll(() => useDevice("auto"));
  afterAll(closeDevice);

  test.each(Object.entries(models))("%s computes the original's logits and gradients", async (_, one) => {
    const { network, core } = modelOf(one);
    const expected = goldenValues(one.logits);
    const cotangent = tensor(Float32Array.from(uniformValues(2, expected.length)));
    const step = jit((weights: Weights, x: Tensor) =>
      valueAndGrad((own: Weights) => {
        const { output } = applyNetwork(network, own, x, { training: false });
        return { value: output.reshape([-1]).mul(cotangent).sum(), aux: output };
      })(weights),
    );
    const { gradient, aux } = step(allWeights(core), tokens());
    expect(distance(await aux.data(), expected)).toBeLessThan(1e-4);
    const named = decoderOf(new TransformersConfig(one.config, "config.json"));
    expect(network.weights.length).toBe(Object.keys(one.gradients).length);
    for (const { path } of network.weights) {
      const { name, isTransposed } = storedNameOf(path, named);
      const own = isTransposed ? gradient[path]!.transpose() : gradient[path]!;
      expect(distance(await own.data(), goldenValues(one.gradients[name]!)), name).toBeLessThan(1e-4);
    }
  });

  test.each(Object.entries(models))("%s writes on as it reads", async (_, one) => {
    const step = nextLogits(modelOf(one));
    const [sequence = []] = ids;
    const expected = goldenValues(one.logits);
    const words = expected.length / ids.flat().length;
    // One place after another, then in one go, then another text that begins alike.
    for (const length of [3, 4, 5, 6, 11, 7]) {
      const [logits = []] = await step([Int32Array.from(sequence.slice(0, length))]);
      expect(distance(logits, expected.slice((length - 1) * words, length * words)), `${length}`).toBeLessThan(1e-4);
    }
    const [first = [], second = []] = await step(ids.map((row) => Int32Array.from(row)));
    expect(distance(first, expected.slice(10 * words, 11 * words))).toBeLessThan(1e-4);
    expect(distance(second, expected.slice(21 * words))).toBeLessThan(1e-4);
  });

  test("have the published numbers of parameters", () => {
    const count = ({ network }: Model): number => network.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    expect(numWeights["gpt2"]).toBe(124_439_808);
    expect(count(gpt2())).toBe(numWeights["gpt2"]);
  });
});
