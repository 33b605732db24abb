// Activation layers, rearrangements, penalties and noise against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { full } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { read, readGolden } from "./golden.ts";
import { checkLayerCase, type LayerCase } from "./layer-case.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

const { cases } = readGolden("layers-plain") as { cases: Record<string, LayerCase> };
test.each(Object.entries(cases))("%s equals Keras", async (name, golden) => {
  // TensorFlow rounds slopes to float32 whatever it computes in.
  await checkLayerCase(golden, name === "leakyReluLayer" || name === "reluSlope" ? 1e-6 : 1e-12);
});

interface NoiseCase {
  readonly layer: string;
  readonly options: Record<string, number>;
  readonly mean: number;
  readonly variance: number;
  readonly kurtosis: number;
  readonly values?: readonly number[];
  readonly shares?: readonly number[];
}

const noise = readGolden("layers-noise") as {
  readonly count: number;
  readonly input: number;
  readonly cases: Record<string, NoiseCase>;
};

test.each(Object.entries(noise.cases))("%s has Keras's moments", async (_, golden) => {
  const { count } = noise;
  const layer = layerFromConfig({ kind: golden.layer, options: golden.options });
  const x = full([count, 1], noise.input);
  const y = await read(layer.call({}, [x], { training: true, key: key(5) }).outputs[0]!);
  const mean = y.reduce((sum, value) => sum + value, 0) / count;
  const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  // Six standard errors of a difference of two samples.
  const error = 6 * Math.SQRT2;
  expect(Math.abs(mean - golden.mean)).toBeLessThan(error * Math.sqrt(golden.variance / count));
  expect(Math.abs(variance / golden.variance - 1)).toBeLessThan(error * Math.sqrt((golden.kurtosis - 1) / count));
  for (const [index, value] of (golden.values ?? []).entries()) {
    const share = golden.shares?.[index] ?? 0;
    const found = y.filter((one) => Math.abs(one - value) < 1e-6).length / count;
    expect(Math.abs(found - share)).toBeLessThan(error * Math.sqrt((share * (1 - share)) / count));
  }
});

test.each([1, 2, 3])("spatialDropout%dd drops whole channels of a sample", async (numAxes) => {
  const layer = layerFromConfig({ kind: `spatialDropout${numAxes}d`, options: { rate: 0.5, seed: 1 } });
  const spatial = Array.from({ length: numAxes }, () => 2);
  const x = full([20, ...spatial, 10], 1);
  const y = layer.call({}, [x], { training: true, key: key(3) }).outputs[0]!;
  const places = 2 ** numAxes;
  const values = await read(
    y
      .reshape([20, places, 10])
      .sum(1)
      .mul(1 / places),
  );
  expect(new Set(values)).toEqual(new Set([0, 2]));
});

test.each([
  ["gaussianDropout", { rate: 1 }, "Give a number from 0 to below 1"],
  ["alphaDropout", { rate: 1 }, "Give a number from 0 to below 1"],
  ["gaussianNoise", { stddev: 2 }, "Give a number from 0 up to 1"],
  ["relu", { maxValue: -1 }, "relu: maxValue is -1. Give a number from 0."],
  ["leakyRelu", { alpha: 1 }, "leakyRelu: option alpha is not known. It takes negativeSlope"],
  ["permute", { dims: [1, 3] }, "must name 1 to 2 once each"],
  ["repeatVector", { n: 0 }, "Give an integer of at least 1"],
  ["activityRegularization", { l1: -1 }, "l1 is -1. Give a number from 0."],
])("%s with %o is refused", (kind, options, reason) => {
  expect(() => layerFromConfig({ kind, options })).toThrow(reason);
});

test.each([
  ["softmax", { axis: [1, 1] }, [4, 6], "names an axis twice"],
  ["prelu", { sharedAxes: 3 }, [4, 6], "axis 3 of an input of rank 3"],
  ["permute", { dims: [2, 1] }, [4, 6, 2], "expected rank 3"],
  ["spatialDropout2d", { rate: 0.5 }, [4, 6], "expected [batch, height, width, channels]"],
])("%s %o of %o is refused", (kind, options, shape, reason) => {
  const types = [{ shape, dtype: "f32" as const }];
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});
