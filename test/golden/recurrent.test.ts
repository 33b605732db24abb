// Recurrent layers against Keras, in float64: every output and gradient, with masks and first states.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { zeros } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { LayerConfig, Weights } from "#learning/nn/layer.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

interface RecurrentCase {
  readonly layer: string;
  readonly options: LayerConfig["options"];
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly isMasked: boolean;
  readonly stateShapes: readonly (readonly number[])[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly outputs: readonly GoldenTensor[];
  readonly inputGradients: readonly GoldenTensor[];
  readonly weightGradients: readonly GoldenTensor[];
}

beforeAll(() => useDevice("js", { precision: "f64" }));

const files = ["recurrent", "recurrent-wrapped"].map(
  (name) => (readGolden(name) as { cases: Record<string, RecurrentCase> }).cases,
);
const limit = 1e-12;

test.each(files.flatMap((cases) => Object.entries(cases)))("%s equals Keras", async (_name, golden) => {
  const { seed, inputShape, stateShapes } = golden;
  const layer = layerFromConfig({ kind: golden.layer, options: golden.options });
  const inputs = [
    uniformTensor(seed, inputShape),
    ...stateShapes.map((shape, index) => uniformTensor(seed + 30 + index, shape)),
  ];
  const types = inputs.map(({ shape }) => ({ shape: shape.slice(1), dtype: "f32" }) as const);
  expect(layer.weights(types).map(({ name, shape }) => ({ name, shape }))).toEqual(golden.weights);
  expect(layer.outputTypes(types, "layer").map(({ shape }) => shape)).toEqual(
    golden.outputs.map(({ shape }) => shape.slice(1)),
  );
  const weights = Object.fromEntries(
    golden.weights.map(({ name, shape }, index) => [name, uniformTensor(seed + 1 + index, shape, 0.5)]),
  );
  const mask = golden.isMasked ? uniformTensor(seed + 90, inputShape.slice(0, 2)).greater(-0.3) : undefined;
  const { gradient, aux } = valueAndGrad<[{ weights: Weights; inputs: readonly Tensor[] }], readonly Tensor[]>(
    (at) => {
      const { outputs } = layer.call(at.weights, at.inputs, { training: false, mask, masks: [mask] });
      const total = outputs.reduce(
        (sum, output, index) => sum.add(output.mul(uniformTensor(seed + 50 + index, output.shape)).sum()),
        zeros([]),
      );
      return { value: total, aux: outputs };
    },
    { hasAux: true },
  )({ weights, inputs });
  const close = async (values: readonly Tensor[], expected: readonly GoldenTensor[]): Promise<void> => {
    expect(values).toHaveLength(expected.length);
    for (const [index, value] of values.entries()) {
      expect(distance(await read(value), goldenValues(expected[index]!))).toBeLessThan(limit);
    }
  };
  await close(aux, golden.outputs);
  await close(gradient.inputs, golden.inputGradients);
  await close(Object.values(gradient.weights), golden.weightGradients);
});
