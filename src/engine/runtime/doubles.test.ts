import { afterEach, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";

afterEach(closeDevice);

const values = [0.5, -1, 2.25, 1 / 3];

test.each(["js", "wasm"] as const)("%s: doubles become float32, number by number", async (device) => {
  await useDevice(device, { threads: 1 });
  expect(await tensor(Float64Array.from(values)).data()).toEqual(Float32Array.from(values));
});

test("a device of doubles keeps them", async () => {
  await useDevice("js", { precision: "f64" });
  expect(await tensor(Float64Array.from(values)).data()).toEqual(Float64Array.from(values));
});
