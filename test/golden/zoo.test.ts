// The zoo beside Keras and torchvision. Deep relatives of the networks computed here differ in numbers alone: they are
// computed by `npm run torture`.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import {
  convNeXtLarge,
  convNeXtXLarge,
  vgg16,
  vitB32,
  vitL16,
  vitL32,
  vit,
  type PictureModelOptions,
} from "#entry/zoo.ts";
import type { Model } from "#learning/train/model.ts";
import { checkComputation, checkWeights, zooCases } from "./zoo-case.ts";

/** One of each kind, where it is small enough for every run. */
const computed = [
  "vgg16",
  "resnet18",
  "resnet50",
  "resnet50V2",
  "mobileNet",
  "mobileNetV2",
  "mobileNetV2 half",
  "mobileNetV3Large",
  "mobileNetV3Small",
  "efficientNetB0",
  "efficientNetLite0",
  "squeezeNet",
  "denseNet121",
  "xception",
  "inceptionV3",
  "vit small",
  "convNeXtTiny",
];

describe("the zoo", () => {
  beforeAll(() => useDevice("auto", { winograd: false }));
  afterAll(closeDevice);

  test.each(Object.keys(zooCases))("%s has the original's weights", checkWeights);

  test.each(computed)("%s computes the original's output and gradients", { timeout: 300_000 }, checkComputation);

  // Too large to be computed for a test: the blocks are those of smaller relatives.
  test.each<[string, () => Model, number]>([
    ["convNeXtLarge", convNeXtLarge, 197_767_336],
    ["convNeXtXLarge", convNeXtXLarge, 350_196_968],
    ["vitB32", vitB32, 88_224_232],
    ["vitL16", vitL16, 304_326_632],
    ["vitL32", vitL32, 306_535_400],
  ])("%s has the published number of weights", (_, make, count) => {
    const { weights } = make().network;
    expect(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(count);
  });

  test.each<[string, PictureModelOptions & Record<string, unknown>, RegExp]>([
    [
      "a picture that is too small",
      { inputShape: [31, 40, 3] },
      /vgg16: inputShape \[31, 40, 3\]\. Give .* at least 32 x 32/,
    ],
    ["no channels", { inputShape: [64, 64] }, /vgg16: inputShape \[64, 64\]\. Give \[height, width, channels\]/],
    ["pooling of a classifier", { pooling: "avg" }, /vgg16: pooling is for features\. Set includeTop to false/],
    ["no classes", { classes: 0 }, /vgg16: classes/],
    ["a wrong name", { inputSize: 3 }, /vgg16: .*inputSize/],
  ])("%s is refused", (_, options, message) => {
    expect(() => vgg16(options)).toThrow(message);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a picture of no whole squares",
      { inputShape: [33, 32, 3] },
      /vit: inputShape \[33, 32, 3\]\..* multiples of the patch of 8/,
    ],
    ["features that the heads do not share", { hiddenDim: 13 }, /vit: hiddenDim 13 is no multiple of numHeads 3/],
    ["pooling", { includeTop: false, pooling: "avg" }, /vit: pooling is for feature maps/],
  ])("a vision transformer of %s is refused", (_, options, message) => {
    const sizes = { patchSize: 8, numLayers: 1, numHeads: 3, hiddenDim: 12, mlpDim: 8, inputShape: [32, 32, 3] };
    expect(() => vit({ ...sizes, ...options })).toThrow(message);
  });
});
