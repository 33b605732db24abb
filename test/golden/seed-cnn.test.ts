// The seed CNN, cut to 48 x 48 pictures, over 20 steps against Keras: in float64 on the oracle, in float32 on every device.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { DeviceOptions } from "#engine/runtime/devices.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { HostTensor } from "#learning/data/dataset.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { lossValue } from "#learning/train/loss-value.ts";
import { losses } from "#learning/train/losses.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { allWeights } from "#learning/train/model-core.ts";
import { whyNoNative } from "../targets.ts";
import { distance, goldenValues, read, readGolden, sampled, uniformValues, type GoldenTensor } from "./golden.ts";

interface Samples<Values> {
  readonly shape: readonly number[];
  readonly sumOfSquares: number;
  readonly samples: Values;
}
interface Run {
  readonly dtype: "float64" | "float32";
  readonly optimizer: "SGD" | "Adam";
  readonly learningRate: number;
  readonly losses: readonly number[];
  readonly finalWeights: Record<string, Samples<readonly number[]>>;
  /** Of the runs with SGD. */
  readonly firstOutput?: GoldenTensor;
  readonly firstGradients?: Record<string, Samples<GoldenTensor>>;
}
interface File {
  readonly initialWeights: readonly { name: string; shape: readonly number[]; seed: number; limit: number }[];
  readonly runs: readonly Run[];
}
const golden = readGolden("seed-cnn") as File;

function build({ optimizer, learningRate }: Run): Model {
  const model = sequential([
    layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: [48, 48, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 128, kernelSize: 3, activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 64, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
  const made = optimizer === "SGD" ? optimizers.sgd({ learningRate }) : optimizers.adam({ learningRate });
  model.compile({ optimizer: made, loss: "binaryCrossentropy", metrics: ["accuracy"] });
  expect(model.network.weights.map(({ path }) => path)).toEqual(golden.initialWeights.map(({ name }) => name));
  model.setWeights(
    golden.initialWeights.map(({ shape, seed, limit }) =>
      tensor(precisely(uniformValues(seed, sizeOf(shape), limit)), { shape }),
    ),
  );
  return model;
}

let isDouble = true;

/** As the device takes it: float64 only where it computes in that. */
function precisely(values: Float64Array): Float64Array | Float32Array {
  return isDouble ? values : Float32Array.from(values);
}

function batch(step: number): { x: HostTensor; y: HostTensor } {
  const labels = Float64Array.from({ length: 8 }, (_, picture) => (picture + step) % 2);
  const pixels = 48 * 48 * 3;
  const values = uniformValues(1000 + step, 8 * pixels, 0.5, 0.5).map((value, index) =>
    labels[Math.floor(index / pixels)] === 0 ? value * 0.7 : value,
  );
  return {
    x: { data: precisely(values), shape: [8, 48, 48, 3], dtype: "f32" },
    y: { data: precisely(labels), shape: [8, 1], dtype: "f32" },
  };
}

interface Measured {
  readonly firstOutput: number;
  readonly firstGradients: number;
  readonly losses: number;
  readonly weights: number;
}

/** Distances from the golden run: relative to each tensor's own scale; losses absolute. */
async function measure(run: Run): Promise<Measured> {
  const model = build(run);
  const first = batch(0);
  const y = tensor(first.y.data, { shape: first.y.shape });
  const { gradient, aux } = valueAndGrad<[Weights], Tensor>(
    (weights) => {
      const x = tensor(first.x.data, { shape: first.x.shape });
      const { output, logits } = applyNetwork(model.network, weights, x, { training: true });
      return { value: lossValue(losses.binaryCrossentropy(), y, { output, logits: logits[0] }), aux: output };
    },
    { hasAux: true },
  )(allWeights(model.core));
  let firstGradients = 0;
  for (const [name, { samples }] of Object.entries(run.firstGradients ?? {})) {
    const expected = goldenValues(samples);
    firstGradients = Math.max(
      firstGradients,
      distance(sampled(await read(gradient[name]!), expected.length), expected),
    );
  }
  const firstOutput = run.firstOutput === undefined ? 0 : distance(await read(aux), goldenValues(run.firstOutput));
  let lossDistance = 0;
  for (const [step, expected] of run.losses.entries()) {
    const { x, y: labels } = batch(step);
    const logs = await model.trainOnBatch(x, labels);
    lossDistance = Math.max(lossDistance, Math.abs(logs["loss"]! - expected));
  }
  let weights = 0;
  for (const [name, { samples }] of Object.entries(run.finalWeights)) {
    const actual = sampled(await read(allWeights(model.core)[name]!), samples.length);
    weights = Math.max(weights, distance(actual, samples));
  }
  return { firstOutput, firstGradients, losses: lossDistance, weights };
}

interface Where {
  readonly device: "js" | "native" | "wasm";
  readonly options: DeviceOptions;
}

const places: Record<"float64" | "float32", readonly Where[]> = {
  float64: [{ device: "js", options: { precision: "f64" } }],
  float32: [
    { device: "wasm", options: { threads: 2, relaxedSimd: false, winograd: false } },
    { device: "wasm", options: { threads: 2, relaxedSimd: true, winograd: false } },
    { device: "wasm", options: { threads: 2, relaxedSimd: true, winograd: true } },
    ...(whyNoNative === undefined
      ? [false, true].map((winograd) => ({ device: "native", options: { threads: 2, winograd } }) as const)
      : []),
  ],
};

// Of the issue: in float64 1e-9 over all; in float32 first loss and gradients 1e-5, losses 3e-4, weights 2e-4 (Keras with
// and without oneDNN differs from itself by 1.2e-4). Winograd has ten times these.
const bounds: Record<"float64" | "float32", Measured> = {
  float64: { firstOutput: 1e-9, firstGradients: 1e-9, losses: 1e-9, weights: 1e-9 },
  float32: { firstOutput: 1e-5, firstGradients: 1e-5, losses: 3e-4, weights: 2e-4 },
};

describe.each(golden.runs.filter(({ dtype, optimizer }) => dtype === "float64" || optimizer === "SGD"))(
  "$optimizer in $dtype",
  (run) => {
    describe.each(places[run.dtype])("on $device $options", ({ device, options }) => {
      beforeAll(async () => {
        isDouble = run.dtype === "float64";
        await useDevice(device, options);
      });

      test("20 steps equal Keras's", async () => {
        const measured = await measure(run);
        const bound = bounds[run.dtype];
        const factor = options.winograd === true ? 10 : 1;
        for (const name of ["firstOutput", "firstGradients", "losses", "weights"] as const) {
          expect(measured[name], name).toBeLessThan(bound[name] * factor);
        }
      }, 300_000);
    });
  },
);
