// Layers of several inputs against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { SampleType } from "#learning/nn/layer.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

interface MergeCase {
  readonly layer: string;
  readonly options: Record<string, number>;
  readonly inputShapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly output: GoldenTensor;
  readonly inputGradients: readonly GoldenTensor[];
}

beforeAll(() => useDevice("js", { precision: "f64" }));

const { cases } = readGolden("layers-merge") as { cases: Record<string, MergeCase> };

test.each(Object.entries(cases))("%s equals Keras", async (_, golden) => {
  const { seed, inputShapes, options } = golden;
  const layer = layerFromConfig({ kind: golden.layer, options });
  const types = inputShapes.map((shape): SampleType => ({ shape: shape.slice(1), dtype: "f32" }));
  expect(layer.outputTypes(types, "layer")[0]?.shape).toEqual(golden.output.shape.slice(1));
  const { gradient, aux } = valueAndGrad<[readonly Tensor[]], Tensor>(
    (inputs) => {
      const output = layer.call({}, inputs, { training: false }).outputs[0]!;
      return { value: output.mul(uniformTensor(seed + 50, golden.output.shape)).sum(), aux: output };
    },
    { hasAux: true },
  )(inputShapes.map((shape, index) => uniformTensor(seed + index, shape)));
  expect(aux.shape).toEqual(golden.output.shape);
  expect(distance(await read(aux), goldenValues(golden.output))).toBeLessThan(1e-12);
  for (const [index, slope] of gradient.entries()) {
    expect(distance(await read(slope), goldenValues(golden.inputGradients[index]!))).toBeLessThan(1e-12);
  }
});

test.each([
  ["add", {}, [[3], [4]], "Make the axes equal"],
  ["subtract", {}, [[3]], "1 inputs came, expected 2"],
  [
    "concatenate",
    {},
    [
      [2, 3],
      [3, 3],
    ],
    "Make all axes but -1 equal",
  ],
  ["concatenate", { axis: 0 }, [[2], [2]], "Use 1 to 1, or -1"],
  ["dot", { axes: 1 }, [[3], [4]], "must be as long as"],
  ["dot", { axes: 1 }, [[3], [3], [3]], "3 inputs came, expected 2"],
])("%s %o of %o is refused", (kind, options, shapes, reason) => {
  const types = shapes.map((shape): SampleType => ({ shape, dtype: "f32" }));
  expect(() => layerFromConfig({ kind, options }).outputTypes(types, kind)).toThrow(reason);
});
