// 300 damaged files for each reader of TensorFlow.js's formats; `npm run fuzz` reads 10,000.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { decodeTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
import { surviveMutations } from "./mutations.ts";
import { tfjsReaders } from "./tfjs-files.ts";

beforeAll(() => useDevice("js"));

test.each(Object.entries(tfjsReaders))("300 damaged files: %s", async (_, reader) => {
  const { numRead, numRefused } = await surviveMutations({ ...reader, count: 300 });
  expect(numRead + numRefused).toBe(300);
  expect(numRefused).toBeGreaterThan(0);
});

test.each(["AvgPool", "MaxPool"])("a window of %s that is far larger than its picture", async (op) => {
  const shape = { shape: { dim: ["1", "5", "6", "2"].map((size) => ({ size })) } };
  const sides = (i: readonly string[]): unknown => ({ list: { i } });
  const attr = {
    ksize: sides(["1", "2", "1e308", "1"]),
    strides: sides(["1", "2", "2", "1"]),
    padding: { s: "U0FNRQ==" },
  };
  const node = [
    { name: "x", op: "Placeholder", attr: { dtype: { type: "DT_FLOAT" }, shape } },
    { name: "y", op, input: ["x"], attr },
  ];
  const text = JSON.stringify({ format: "graph-model", modelTopology: { node }, weightsManifest: [] });
  const graph = decodeTfjsGraph(new Map([["model.json", new TextEncoder().encode(text)]]));
  const run = graph.run({ x: tensor(new Float32Array(60), { shape: [1, 5, 6, 2] }) });
  await expect(run).rejects.toMatchObject({ code: "format", message: expect.stringContaining("ksize [2, ") });
});
