// 300 damaged files for each reader of TensorFlow.js's formats; `npm run fuzz` reads 10,000.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { surviveMutations } from "./mutations.ts";
import { tfjsReaders } from "./tfjs-files.ts";

beforeAll(() => useDevice("js"));

test.each(Object.entries(tfjsReaders))("300 damaged files: %s", async (_, reader) => {
  const { numRead, numRefused } = await surviveMutations({ ...reader, count: 300 });
  expect(numRead + numRefused).toBe(300);
  expect(numRefused).toBeGreaterThan(0);
});
