// U-Net, generative and series networks beside their twins in torch, made by scripts/golden/generative.py.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import type { Model } from "#learning/train/model.ts";
import { dcganDiscriminator, dcganGenerator, unet, type UnetOptions } from "#entry/zoo.ts";
import { readGolden } from "./golden.ts";
import { checkNetwork, uniformInput, type NetworkCase } from "./network-case.ts";

const golden = readGolden("generative") as {
  readonly counts: Readonly<Record<string, number>>;
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
