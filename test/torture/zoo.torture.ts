// Deep networks of the zoo beside Keras and torchvision: minutes of compiling.

import { afterAll, beforeAll, describe, test } from "vitest";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { checkComputation, zooCases } from "../golden/zoo-case.ts";

describe("the zoo", () => {
  beforeAll(() => useDevice("auto", { winograd: false }));
  afterAll(closeDevice);

  test.each(Object.keys(zooCases))("%s computes the original's output and gradients", checkComputation);
});
