// U-Net, generative and series networks beside their twins in torch, made by scripts/golden/generative.py.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import { losses } from "#learning/train/losses.ts";
import { lossValue } from "#learning/train/loss-value.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { denoised } from "#learning/zoo/diffusion.ts";
import {
  crepe,
  dcganDiscriminator,
  dcganGenerator,
  ddpmUnet,
  gradientPenalty,
  noiseSchedule,
  unet,
  vae,
  wavenet,
  type NoiseScheduleName,
  type UnetOptions,
} from "#entry/zoo.ts";
import { distance, goldenValues, readGolden, sampled, type GoldenTensor } from "./golden.ts";
import { checkFunction, checkNetwork, uniformInput, type NetworkCase } from "./network-case.ts";

const golden = readGolden("generative") as {
  readonly counts: Readonly<Record<string, number>>;
  readonly schedules: Readonly<Record<string, { readonly betas: GoldenTensor; readonly alphaBars: GoldenTensor }>>;
  readonly steps: readonly {
    readonly step: number;
    readonly before: number;
    readonly clip: boolean;
    readonly ancestral: GoldenTensor;
    readonly ddim: GoldenTensor;
  }[];
  readonly cases: Readonly<Record<string, NetworkCase>>;
};

beforeAll(() => useDevice("auto", { winograd: false }));
afterAll(closeDevice);

const caseOf = (name: string): NetworkCase => golden.cases[name]!;

/** How many numbers are learnt. */
const numLearnt = ({ network }: Model): number =>
  network.weights.reduce((sum, { shape, trainable }) => sum + (trainable ? sizeOf(shape) : 0), 0);

describe("unet", () => {
  test.each<[string, number, UnetOptions]>([
    ["unet same", 2, { inputShape: [12, 16, 3] }],
    ["unet valid", 1, { inputShape: [44, 48, 1], padding: "valid" }],
    ["unet normalized", 2, { inputShape: [12, 16, 3], batchNormalization: true }],
  ])("%s", async (name, batch, options) => {
    const net = unet({ classes: 3, depth: 2, filters: 4, classifierActivation: "linear", ...options });
    await checkNetwork(net.network, caseOf(name), uniformInput(1, [batch, ...options.inputShape!]));
  });

  test("has the published number of weights", () => {
    const published = unet({ padding: "valid" });
    expect(numLearnt(published)).toBe(golden.counts["unet"]);
    expect(numLearnt(published)).toBe(31_030_658);
    expect(published.network.output.shape).toEqual([388, 388, 2]);
    expect(numLearnt(unet({ inputShape: [64, 64, 3], batchNormalization: true }))).toBe(31_037_698);
  });

  test.each<[UnetOptions, RegExp]>([
    [{ inputShape: [60, 64, 3] }, /\[60, 64, 3\].*halved 4 times with padding "same": 64 or 80/],
    [{ inputShape: [570, 572, 1], padding: "valid" }, /padding "valid": 572 or 588/],
    [{ inputShape: [64, 64] }, /\[height, width, channels\]/],
    [{ inputShape: [16, 16, 3], padding: "valid" }, /padding "valid": 188 or 204/],
    [{ classes: 0 }, /unet: classes/],
    [{ dropout: 2 }, /unet: dropout/],
  ])("%j is refused", (options, message) => {
    expect(() => unet(options)).toThrow(message);
  });
});

describe("dcgan", () => {
  test("the generator", async () => {
    const net = dcganGenerator({ imageSize: 16, filters: 4, latentSize: 10 });
    await checkNetwork(net.network, caseOf("dcgan generator"), uniformInput(1, [3, 10], 2));
  });

  test.each(["batch", "layer", "none"] as const)("the discriminator, normalization %s", async (normalization) => {
    const net = dcganDiscriminator({ imageSize: 16, filters: 4, normalization });
    await checkNetwork(net.network, caseOf(`dcgan discriminator ${normalization}`), uniformInput(1, [2, 16, 16, 3]));
  });

  test("has the published numbers of weights", () => {
    expect(numLearnt(dcganGenerator())).toBe(3_576_704);
    expect(numLearnt(dcganDiscriminator())).toBe(2_765_568);
    expect(golden.counts).toMatchObject({ "dcgan generator": 3_576_704, "dcgan discriminator": 2_765_568 });
  });

  test("an image size that cannot be halved is refused", () => {
    expect(() => dcganGenerator({ imageSize: 48 })).toThrow(/dcganGenerator: imageSize 48\. Give a power of two/);
    expect(() => dcganDiscriminator({ imageSize: 4 })).toThrow(/imageSize 4/);
  });
});

describe("crepe", () => {
  test("the tiny network", async () => {
    await checkNetwork(crepe({ capacity: "tiny" }).network, caseOf("crepe"), uniformInput(1, [1, 1024], Math.sqrt(3)));
  });

  test("has the published numbers of weights", () => {
    expect(numLearnt(crepe({ capacity: "tiny" }))).toBe(golden.counts["crepe tiny"]);
    expect(numLearnt(crepe())).toBe(golden.counts["crepe full"]);
  });
});

describe("wgan-gp", () => {
  const criticLoss =
    (net: Model) =>
    (weights: Weights, [real, fake, mix]: readonly Tensor[]) => {
      const critic = (x: Tensor): Tensor => applyNetwork(net.network, weights, x, { training: true }).output;
      const slopes = gradientPenalty(critic, { real: real!, fake: fake!, mix: mix! });
      return [critic(fake!).mean().sub(critic(real!).mean()).add(slopes.mul(10)).reshape([1])];
    };

  test("the critic's loss and its gradient, with convolutions", async () => {
    const net = dcganDiscriminator({ imageSize: 16, filters: 4, normalization: "layer" });
    const pictures = [1, 2].map((seed) => uniformInput(seed, [3, 16, 16, 3]));
    const mix = uniformInput(3, [3, 1, 1, 1], 0.5, 0.5);
    await checkFunction(net.network, caseOf("critic loss layer"), criticLoss(net), ...pictures, mix);
  });

  test("the critic's loss and its gradient, with a curve between its layers", async () => {
    const hidden = { units: 16, activation: "tanh" } as const;
    const net = sequential([
      layers.dense({ ...hidden, name: "dense1", inputShape: [2] }),
      layers.dense({ ...hidden, name: "dense2" }),
      layers.dense({ units: 1, name: "dense3" }),
    ]);
    const points = [1, 2].map((seed) => uniformInput(seed, [6, 2]));
    const mix = uniformInput(3, [6, 1], 0.5, 0.5);
    await checkFunction(net.network, caseOf("critic loss dense"), criticLoss(net), ...points, mix);
  });
});

describe("vae", () => {
  const options = { inputShape: [8, 12, 1], filters: [4, 6], units: 5, latentSize: 3 } as const;

  test("means, pictures, and the evidence lower bound with its gradients", async () => {
    const net = vae(options);
    const [whole, encoder] = [net.model.network, net.encoder().network];
    const run = (weights: Weights, [x]: readonly Tensor[]): Tensor[] => {
      const { output, logits, losses: own } = applyNetwork(whole, weights, x!, { training: false });
      const crossentropy = lossValue(losses.binaryCrossentropy(), x!.add(1).div(2), { output, logits: logits[0] });
      const [mean, logVariance] = applyNetwork(encoder, weights, x!, { training: false }).outputs;
      return [mean!, logVariance!, output, own.reduce((sum, one) => sum.add(one), crossentropy).reshape([1])];
    };
    await checkFunction(whole, caseOf("vae"), run, uniformInput(1, [2, 8, 12, 1]));
  });

  test("has the weights of Keras's example", () => {
    const net = vae();
    expect([numLearnt(net.encoder()), numLearnt(net.decoder()), numLearnt(net.model)]).toEqual([
      69_076, 65_089, 134_165,
    ]);
  });

  test("a picture that cannot be halved is refused", () => {
    expect(() => vae({ inputShape: [30, 28, 1] })).toThrow(/vae: inputShape \[30, 28, 1\].*multiples of 4/);
  });
});

describe("wavenet", () => {
  test("two stacks", async () => {
    const net = wavenet({
      inputShape: [20, 1],
      classes: 5,
      filters: 4,
      skipFilters: 6,
      layersPerStack: 3,
      stacks: 2,
      classifierActivation: "linear",
    });
    await checkNetwork(net.network, caseOf("wavenet"), uniformInput(1, [2, 20, 1]));
  });
});

describe("ddpm", () => {
  test("the network", async () => {
    const net = ddpmUnet({
      inputShape: [8, 8, 3],
      filters: 4,
      multipliers: [1, 2],
      numBlocks: 1,
      attention: [4],
      groups: 2,
    });
    const steps = tensor(Float32Array.of(3, 71), { shape: [2, 1] });
    await checkNetwork(net.network, caseOf("ddpm unet"), uniformInput(1, [2, 8, 8, 3]), steps);
  });

  test("has the published number of weights", () => {
    expect(numLearnt(ddpmUnet())).toBe(35_746_307);
    expect(golden.counts["ddpm unet"]).toBe(35_746_307);
  });

  test.each(Object.keys(golden.schedules))("the schedule %s", (name) => {
    const [kind, steps] = name.split(" ");
    const { betas, alphaBars } = noiseSchedule(kind as NoiseScheduleName, Number(steps));
    const expected = golden.schedules[name]!;
    expect(distance(sampled(betas, 20), goldenValues(expected.betas))).toBeLessThan(1e-12);
    expect(distance(sampled(alphaBars, 20), goldenValues(expected.alphaBars))).toBeLessThan(1e-12);
  });

  test.each(golden.steps)("a step back from $step to $before, clip $clip", async (one) => {
    const { alphaBars } = noiseSchedule("linear");
    const scalar = (value: number) => tensor(Float32Array.of(value), { shape: [] });
    const [x, predicted, noise] = [1, 2, 3].map((seed) => uniformInput(seed, [2, 6], 2));
    const [from, to] = [scalar(alphaBars[one.step]!), scalar(alphaBars[one.before] ?? 1)];
    const rest = { x: x!, predicted: predicted!, from, to, largest: one.clip ? 1 : Infinity };
    const ancestral = await denoised({ ...rest, noise: noise! }).data();
    expect(distance(ancestral, goldenValues(one.ancestral))).toBeLessThan(1e-4);
    const ddim = await denoised({ ...rest, noise: undefined }).data();
    expect(distance(ddim, goldenValues(one.ddim))).toBeLessThan(1e-4);
  });

  test.each<[object, RegExp]>([
    [{ inputShape: [20, 20, 3] }, /multiples of 8/],
    [{ filters: 20 }, /20 filters are not divided by 32 groups/],
    [{ dropout: 3 }, /dropout/],
  ])("%j is refused", (options, message) => {
    expect(() => ddpmUnet(options)).toThrow(message);
  });
});
