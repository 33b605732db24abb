// A layer against what Keras computed: weights and inputs by formula, output and gradients compared.

import { expect } from "vitest";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Layer, Weights } from "#learning/nn/layer.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { distance, goldenValues, read, uniformTensor, type GoldenTensor } from "./golden.ts";

export interface LayerCase {
  readonly layer: string;
  readonly options: Record<string, number>;
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly weights: readonly { name: string; shape: readonly number[] }[];
  readonly output: GoldenTensor;
  readonly inputGradient: GoldenTensor;
  readonly weightGradients: readonly GoldenTensor[];
}

/** Output, and gradients of the sum of output times cotangent and the layer's own losses. */
export async function measure(
  layer: Layer,
  weights: Weights,
  x: Tensor,
  { training, cotangent }: { training: boolean; cotangent: Tensor },
): Promise<{ output: number[]; gradients: Map<string, number[]>; state: Weights }> {
  const outcome = valueAndGrad<[Weights], { output: Tensor; state: Weights }>(
    (values) => {
      const { input, ...own } = values;
      const result = layer.call(own, [input ?? x], { training });
      const output = result.outputs[0]!;
      const losses = result.losses ?? [];
      const value = losses.reduce((sum, loss) => sum.add(loss), output.mul(cotangent).sum());
      return { value, aux: { output, state: result.state ?? {} } };
    },
    { hasAux: true },
  )({ ...weights, input: x });
  const gradients = new Map<string, number[]>();
  for (const [name, gradient] of Object.entries(outcome.gradient)) gradients.set(name, await read(gradient));
  return { output: await read(outcome.aux.output), gradients, state: outcome.aux.state };
}

/** In inference: names and shapes of weights, the declared shape, output and gradients. */
export async function checkLayerCase(golden: LayerCase, limit: number): Promise<void> {
  const { seed, inputShape, options } = golden;
  const layer = layerFromConfig({ kind: golden.layer, options });
  const weights = Object.fromEntries(
    golden.weights.map(({ name, shape }, index) => [name, uniformTensor(seed + 1 + index, shape, 0.5)]),
  );
  const input = { shape: inputShape.slice(1), dtype: "f32" } as const;
  expect(layer.weights([input]).map(({ name, shape }) => ({ name, shape }))).toEqual(golden.weights);
  expect(layer.outputTypes([input], "layer")[0]?.shape).toEqual(golden.output.shape.slice(1));
  const result = await measure(layer, weights, uniformTensor(seed, inputShape), {
    training: false,
    cotangent: uniformTensor(seed + 50, golden.output.shape),
  });
  expect(distance(result.output, goldenValues(golden.output))).toBeLessThan(limit);
  expect(distance(result.gradients.get("input") ?? [], goldenValues(golden.inputGradient))).toBeLessThan(limit);
  golden.weights.forEach(({ name }, index) => {
    const expected = goldenValues(golden.weightGradients[index]!);
    expect(distance(result.gradients.get(name) ?? [], expected)).toBeLessThan(limit);
  });
}
