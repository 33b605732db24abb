// Facts of graphs: each node's shape and cost, sizes that files leave open, and constants that no device can hold.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { loadOnnx } from "#learning/formats/onnx/load.ts";
import { encodeOnnxModel, type OnnxModel, type OnnxNode } from "#learning/formats/onnx/write-model.ts";
import { layers } from "#learning/nn/layers.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { saveTfjs } from "#learning/train/tfjs-files.ts";
import golden from "../../../test/golden/tfjs/graphs.json" with { type: "json" };
import { inspectFile } from "./inspect-file.ts";

let root = "";
const at = (name: string): string => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sinter-graphs-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const node = (operator: string, inputs: readonly string[], output: string): OnnxNode => ({
  name: output,
  operator,
  inputs,
  outputs: [output],
  attributes: {},
});

/** y = x kernel; z = a row of a table of i64 beyond 32 bits; places = where x is not 0. */
const wide: OnnxModel = {
  metadata: {},
  graph: {
    name: "wide",
    nodes: [
      node("MatMul", ["x", "kernel"], "y"),
      node("Gather", ["table", "row"], "z"),
      node("NonZero", ["x"], "places"),
      node("Size", ["places"], "count"),
    ],
    initializers: [
      { name: "kernel", dtype: "f32", shape: [4, 3], bytes: new Uint8Array(48) },
      { name: "table", dtype: "i64", shape: [2], bytes: new Uint8Array(BigInt64Array.of(1n, 2n ** 40n).buffer) },
    ],
    inputs: [
      { name: "x", dtype: "f32", shape: ["batch", "time", 4] },
      { name: "row", dtype: "i64", shape: ["batch"] },
    ],
    outputs: [
      { name: "y", dtype: "f32", shape: ["batch", "time", 3] },
      { name: "z", dtype: "i64", shape: ["batch"] },
    ],
  },
};

test("integers beyond 32 bits are shown; running refuses them by name", async () => {
  await writeFile(at("wide.onnx"), encodeOnnxModel(wide));
  expect(await inspectFile(at("wide.onnx"))).toMatchObject({
    kind: "graph",
    initializers: [
      { name: "kernel", dtype: "f32", shape: [4, 3], bytes: 48 },
      { name: "table", dtype: "i64", shape: [2], bytes: 16 },
    ],
    inputShapes: { x: [1, 1, 4], row: [1] },
    sizes: { batch: 1, time: 1 },
  });
  const runner = await loadOnnx(at("wide.onnx"));
  const inputs = { x: tensor([1, 2, 3, 4], { shape: [1, 1, 4] }), row: tensor([0], { dtype: "i32" }) };
  await expect(runner.run(inputs)).rejects.toThrow(/"table" holds 1099511627776 \(i64\)/);
});

test("operations are those of the sizes that are asked about; what depends on data is not counted", async () => {
  await writeFile(at("wide.onnx"), encodeOnnxModel(wide));
  const report = await inspectFile(at("wide.onnx"), { inputShape: [7, 4] });
  expect(report).toMatchObject({ sizes: { batch: 1, time: 7 }, flops: 2 * 7 * 4 * 3, numUnknown: 3 });
  expect("nodes" in report ? report.nodes : []).toEqual([
    { name: "y", operator: "MatMul", shape: [1, 7, 3], numWeights: 12, flops: 168 },
    { name: "z", operator: "Gather", shape: undefined, numWeights: 2, flops: undefined },
    { name: "places", operator: "NonZero", shape: undefined, numWeights: 0, flops: undefined },
    { name: "count", operator: "Size", shape: undefined, numWeights: 0, flops: undefined },
  ]);
  await expect(inspectFile(at("wide.onnx"), { inputShape: [7] })).rejects.toMatchObject({ code: "option" });
});

test.each([
  [
    "convolutions",
    [16, 12, 3],
    () =>
      sequential([
        layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, inputShape: [16, 12, 3] }),
        layers.depthwiseConv2d({ kernelSize: 3, padding: "same" }),
        layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
      ]),
  ],
  ["recurrent layers", [5, 3], () => sequential([layers.simpleRnn({ units: 4, inputShape: [5, 3] })])],
] as readonly (readonly [string, readonly number[], () => Model])[])(
  "%s cost as a graph what their kernels cost",
  async (_, inputShape, make) => {
    const net = make();
    net.build(inputShape);
    await net.save(at("net.keras"));
    await net.exportOnnx(at("net.onnx"));
    const [own, graph] = [await inspectFile(at("net.keras")), await inspectFile(at("net.onnx"))];
    const flopsOf = (report: typeof own): unknown => ("flops" in report ? report.flops : undefined);
    const isLoop = inputShape.length === 2;
    // The table of layers counts a recurrent layer's kernels once, the graph at each step.
    expect(flopsOf(graph)).toBe(isLoop ? 2 * (3 * 4 + 4 * 4) * 5 : flopsOf(own));
  },
);

test("models of TensorFlow.js: a graph is one; open sizes of layers are asked for", async () => {
  const one = golden.cases.find(({ operation }) => operation === "MatMul");
  await mkdir(at("graph"));
  await writeFile(at("graph/model.json"), JSON.stringify(one?.description));
  await writeFile(at("graph/w.bin"), Buffer.from(one?.weights ?? "", "base64"));
  const report = await inspectFile(at("graph"));
  expect(report).toMatchObject({ kind: "graph", format: "tfjs", numUnknown: 0 });
  expect("flops" in report ? report.flops : 0).toBeGreaterThan(0);
  const net = sequential([layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [4, 4, 3] })]);
  net.build([4, 4, 3]);
  await saveTfjs(net, at("open"));
  const description = await readFile(at("open/model.json"), "utf8");
  await writeFile(at("open/model.json"), description.replaceAll("[null,4,4,3]", "[null,null,null,3]"));
  expect(await inspectFile(at("open"))).toMatchObject({ kind: "tensors", reason: expect.stringMatching(/inputShape/) });
  const sized = await inspectFile(at("open"), { inputShape: [8, 8, 3] });
  expect(sized).toMatchObject({ kind: "network", flops: 2 * 8 * 8 * 3 * 2 });
});
