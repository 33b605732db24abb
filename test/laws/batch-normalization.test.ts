// Batch normalization in training: its first and second gradients are those of the formula, differentiated step by step.

import "#entry/install-node.ts";
import { afterAll, expect, test } from "vitest";
import { createJsDevice } from "#engine/runtime/js-device.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { tensor } from "#engine/tensor/create.ts";
import { key } from "#engine/tensor/random.ts";
import { grad, jit } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { layers } from "#learning/nn/layers.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { gradientTolerance } from "../tolerances.ts";

const device = new DeviceQueue(createJsDevice({ precision: "f64" }));
afterAll(() => device.device.close());

type Normalize = (x: Tensor, gamma: Tensor, beta: Tensor) => Tensor;

const formula: Normalize = (x, gamma, beta) => {
  const difference = x.sub(x.mean([0, 1, 2]));
  const variance = difference.square().mean([0, 1, 2]);
  return difference.div(variance.add(1e-3).sqrt()).mul(gamma).add(beta);
};

const layer: Normalize = (x, gamma, beta) => {
  const weights = { gamma, beta, movingMean: beta, movingVariance: gamma };
  const { outputs } = layers.batchNormalization().call(weights, [x], { training: true, key: key(1) });
  return outputs[0]!;
};

function sample(shape: readonly number[], seed: number): Tensor {
  return tensor(makeSample({ kind: "normal", type: { dtype: "f32", shape } }, seed), { shape });
}

test("both gradients of batch normalization", async () => {
  const args = [sample([3, 4, 5, 6], 1), sample([6], 2), sample([6], 3)] as const;
  const weight = sample([3, 4, 5, 6], 4);
  const gradientsOf = async (normalize: Normalize): Promise<Float64Array[]> => {
    const first = grad((x, gamma, beta) => normalize(x, gamma, beta).square().mul(weight).sum());
    const second = grad((x, gamma, beta) => first(x, gamma, beta).square().mul(weight).sum());
    const results = [first, second].map((one) => jit(one, { device })(...args));
    return Promise.all(results.map(async (result) => Float64Array.from(await result.data())));
  };
  const [expected, actual] = [await gradientsOf(formula), await gradientsOf(layer)];
  expected.forEach((values, index) =>
    expect(errorOf(actual[index]!, values, "f32")).toBeLessThan(gradientTolerance * 10),
  );
});
