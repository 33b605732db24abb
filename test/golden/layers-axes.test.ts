// Layers over one and three spatial axes, adaptive pools and cropping against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { readGolden } from "./golden.ts";
import { checkLayerCase, type LayerCase } from "./layer-case.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

interface Cases {
  readonly cases: Readonly<Record<string, LayerCase>>;
}

const files = ["convolutions", "pools", "borders"];
const cases = files.flatMap((file) => Object.entries((readGolden(`layers-${file}`) as Cases).cases));
test.each(cases)("%s equals Keras", (_, golden) => checkLayerCase(golden, 1e-12));

test.each([
  ["conv1d", { filters: 2, kernelSize: [2, 2] }, "kernelSize is [2,2]. Give an integer."],
  ["conv3d", { filters: 2, kernelSize: [2, 2] }, "Give an integer or [depth, height, width]."],
  [
    "conv2d",
    { filters: 2, kernelSize: 2, padding: "causal" },
    'padding "causal" is not known. Use one of valid, same.',
  ],
  ["conv1dTranspose", { filters: 2, kernelSize: 3, strides: 2, outputPadding: 2 }, "Use 0 to 1."],
  ["adaptiveMaxPooling2d", {}, "outputSize is undefined. Give an integer or [height, width]."],
  ["zeroPadding3d", { padding: [1, 2] }, "Give an integer, or 3 of integers or [before, after]."],
  ["cropping1d", { cropping: -1 }, "cropping is -1. Give an integer of at least 0."],
])("%s with %o is refused", (kind, options, reason) => {
  expect(() => layerFromConfig({ kind, options })).toThrow(reason);
});

test.each([
  ["conv1d", { filters: 2, kernelSize: 4 }, [3, 2], "is smaller than its 4 kernel"],
  ["conv1d", { filters: 2, kernelSize: 4 }, [3, 2, 2], "expected rank 3"],
  ["conv1d", { filters: 2, kernelSize: 1, groups: 2 }, [3, 3], "3 channels do not split into 2 groups"],
  ["cropping1d", { cropping: 2 }, [4, 2], "leaves nothing of [4, 2]"],
])("%s %o of %o is refused", (kind, options, shape, reason) => {
  const types = [{ shape, dtype: "f32" as const }];
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});
