// The zoo beside Keras and torchvision. Deep relatives of the networks computed here differ in numbers alone: they are
// computed by `npm run torture`.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { vgg16, type PictureModelOptions } from "#entry/zoo.ts";
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
];

describe("the zoo", () => {
  beforeAll(() => useDevice("auto", { winograd: false }));
  afterAll(closeDevice);

  test.each(Object.keys(zooCases))("%s has the original's weights", checkWeights);

  test.each(computed)("%s computes the original's output and gradients", { timeout: 300_000 }, checkComputation);

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
});
