import { beforeAll, expect, test } from "vitest";
import { installPlatform, platform } from "#engine/platform/api.ts";
import "#entry/install-node.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequentialNetwork } from "#learning/nn/network.ts";
import { checkMemory, memoryNeed } from "./memory-check.ts";

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

test("the need is weights four times, and outputs of a batch twice", () => {
  const { bytes, largest } = memoryNeed(network, 8);
  const numWeights = 300 * 1000 + 1000 + 1000 + 1;
  const numOutputs = 300 + 1000 + 1;
  expect(bytes).toBe(4 * (4 * numWeights + 2 * 8 * numOutputs));
  expect(largest.map(({ name }) => name)).toEqual(["wide", "flatten", "narrow"]);
});

test("too little memory is an error with both amounts, the largest layers and the way out", () => {
  installPlatform({ ...own, availableBytes: () => 2 ** 20 });
  expect(() => checkMemory(network, 8)).toThrow(
    /needs about 5 MiB of memory, 1 MiB are free\. Most of it is for wide 5 MiB, .*Use a smaller image size/,
  );
  installPlatform({ ...own, availableBytes: () => undefined });
  expect(() => checkMemory(network, 8)).not.toThrow();
});
