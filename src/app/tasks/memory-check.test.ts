import { beforeAll, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { installPlatform, platform } from "#engine/platform/api.ts";
import "#entry/install-node.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { checkMemory, memoryNeed, withLargestLayers } from "./memory-check.ts";

const network = sequentialNetwork([
  layers.flatten({ inputShape: [10, 10, 3] }),
  layers.dense({ units: 1000, name: "wide" }),
  layers.dense({ units: 1, name: "narrow" }),
]);

let own: ReturnType<typeof platform>;
beforeAll(() => {
  own = platform();
  return () => installPlatform(own);
});

test("the need is weights four times, the outputs of a batch, and the largest once more", () => {
  const { bytes, largest } = memoryNeed(network, 8);
  const numWeights = 300 * 1000 + 1000 + 1000 + 1;
  const numOutputs = 300 + 1000 + 1;
  expect(bytes).toBe(4 * (4 * numWeights + 8 * (numOutputs + 1000)));
  expect(largest.map(({ name }) => name)).toEqual(["wide", "narrow", "flatten"]);
});

test("too little memory is an error with both amounts, the largest layers and the way out", () => {
  installPlatform({ ...own, availableBytes: () => 2 ** 20 });
  expect(() => checkMemory(network, 8)).toThrow(
    /needs about 5 MiB of memory, 1 MiB are free\. Most of it is for wide 5 MiB, .*Use a smaller image size/,
  );
  installPlatform({ ...own, availableBytes: () => undefined });
  expect(() => checkMemory(network, 8)).not.toThrow();
});

test("a device that ran out of memory is told with the layers; other errors are as they were", () => {
  const told = withLargestLayers(new SinterError("memory", "wasm: 9 GiB asked for."), network, 8);
  expect(told).toMatchObject({
    code: "memory",
    message: expect.stringMatching(/^wasm: 9 GiB.*Most of it is for wide/),
  });
  const other = new SinterError("file", "write");
  expect(withLargestLayers(other, network, 8)).toBe(other);
});
