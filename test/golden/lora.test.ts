// lora against the same written out in PyTorch, in float64: outputs, and gradients of the changes alone.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { lora } from "#learning/train/lora.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { networkFunction } from "#learning/train/network-function.ts";
import { distance, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

const golden = readGolden("lora") as {
  readonly seed: number;
  readonly rank: number;
  readonly alpha: number;
  readonly output: GoldenTensor;
  readonly gradients: Readonly<Record<string, readonly GoldenTensor[]>>;
};

beforeAll(() => useDevice("js", { precision: "f64" }));

const parts = ["kernel", "bias", "kernel/loraA", "kernel/loraB"];

function adaptedModel(): Model {
  const heads = { equation: "ab,bcd->acd", outputShape: [2, 4], biasAxes: "cd", activation: "tanh" } as const;
  const model = sequential([
    layers.dense({ units: 5, activation: "relu", inputShape: [6], name: "first" }),
    layers.einsumDense({ ...heads, name: "heads" }),
    layers.flatten(),
    layers.dense({ units: 3, name: "last" }),
  ]);
  lora(model, { rank: golden.rank, alpha: golden.alpha });
  const layerNames = Object.keys(golden.gradients);
  const values = model.network.weights.map(({ path, shape }): [string, Tensor] => {
    const [layer = "", ...name] = path.split("/");
    return [path, uniformTensor(golden.seed + 10 * layerNames.indexOf(layer) + parts.indexOf(name.join("/")), shape)];
  });
  model.setWeights(Object.fromEntries(values));
  return model;
}

test("outputs and gradients equal PyTorch's", async () => {
  const { weights, frozen, apply } = networkFunction(adaptedModel());
  expect(Object.keys(weights)).toHaveLength(6);
  const x = uniformTensor(golden.seed + 90, [7, 6], 2);
  const { aux, gradient } = valueAndGrad<[Weights], Tensor>(
    (own) => {
      const { output } = apply({ ...own, ...frozen }, x);
      return { value: output.mul(uniformTensor(golden.seed + 91, output.shape)).sum(), aux: output };
    },
    { hasAux: true },
  )(weights);
  expect(distance(await read(aux), goldenValues(golden.output))).toBeLessThan(1e-12);
  for (const [layer, [a, b]] of Object.entries(golden.gradients)) {
    expect(distance(await read(gradient[`${layer}/kernel/loraA`]!), goldenValues(a!))).toBeLessThan(1e-12);
    expect(distance(await read(gradient[`${layer}/kernel/loraB`]!), goldenValues(b!))).toBeLessThan(1e-12);
  }
});
