// Models as ONNX files: what lies in them. That ONNX Runtime gives the same numbers, scripts/onnx-export.mjs shows.

import "#entry/install-node.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { primitives } from "#engine/ops/index.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { key, uniform } from "#engine/tensor/random.ts";
import { loadOnnx } from "#learning/formats/onnx/load.ts";
import { writtenPrimitives } from "#learning/formats/onnx/write-plan.ts";
import { Message } from "#learning/formats/onnx/write-protobuf.ts";
import { layers } from "#learning/nn/layers.ts";
import type { ExportOnnxOptions } from "#learning/train/export-onnx.ts";
import { model } from "#learning/train/functional.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { distance, read } from "../golden/golden.ts";
import { layerSamples } from "../laws/every-layer.ts";
import { exportTolerance } from "../tolerances.ts";
import { fieldsOf, namingFault, operatorsOf, readOnnx, type OnnxFile } from "./onnx-file.ts";

let folder = "";
beforeAll(async () => {
  await useDevice("js");
  folder = await mkdtemp(join(tmpdir(), "sinter-onnx-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function exported(net: Model, options?: ExportOnnxOptions): Promise<OnnxFile> {
  const path = join(folder, "model.onnx");
  await net.exportOnnx(path, options);
  return readOnnx(await readFile(path));
}

function smallCnn(): Model {
  return sequential([
    layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false, inputShape: [8, 6, 3] }),
    layers.batchNormalization(),
    layers.activation({ activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 5, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
}

describe("a convolutional network", () => {
  test("is written with ONNX's own operators, its channels first between two transposes", async () => {
    const { graph } = await exported(smallCnn());
    expect(operatorsOf(graph)).toEqual([
      "Transpose",
      "Conv",
      "MaxPool",
      "Relu",
      "Transpose",
      "Reshape",
      "Gemm",
      "Relu",
      "Gemm",
      "Sigmoid",
    ]);
    expect(namingFault(graph)).toBeUndefined();
  });

  test("names inputs, outputs and weights, and leaves the batch open", async () => {
    const { graph, irVersion, opset, producer } = await exported(smallCnn());
    expect([...graph.inputs]).toEqual([["input", ["batch", 8, 6, 3]]]);
    expect([...graph.outputs]).toEqual([["dense_1", ["batch", 1]]]);
    expect([irVersion, opset, producer]).toEqual([8, 18, "sinter"]);
    const shapes = Object.fromEntries([...graph.initializers].map(([name, { dims }]) => [name, dims]));
    expect(shapes).toMatchObject({
      "conv2d/kernel": [4, 3, 3, 3],
      "dense/kernel": [48, 5],
      "dense/bias": [5],
      "dense_1/kernel": [5, 1],
    });
  });

  test("holds the weights bit by bit where nothing was folded into them", async () => {
    const net = smallCnn();
    const { graph } = await exported(net);
    const { data } = graph.initializers.get("dense/kernel") ?? { data: new Uint8Array() };
    const stored = new Float32Array(Uint8Array.from(data).buffer);
    expect(stored).toEqual(await net.core.weights["dense/kernel"]?.data());
  });

  test("of one size of batch has no open extents", async () => {
    const { graph } = await exported(smallCnn(), { batchSize: 4 });
    expect([...graph.inputs.values(), ...graph.outputs.values()]).toEqual([
      [4, 8, 6, 3],
      [4, 1],
    ]);
  });

  test("says what a program must know besides", async () => {
    const net = smallCnn();
    net.preprocessing = {
      rescale: { scale: 1 / 255, offset: 0 },
      classNames: ["cats", "dogs"],
      imageSize: [8, 6],
      threshold: 0.4,
    };
    const { metadata } = await exported(net);
    expect(metadata).toEqual({
      classNames: '["cats","dogs"]',
      imageSize: "[8,6]",
      threshold: "0.4",
      rescale: `{"scale":${1 / 255},"offset":0}`,
    });
  });

  test("takes pixels where the factor goes into the graph", async () => {
    const net = smallCnn();
    net.preprocessing = { rescale: { scale: 1 / 255, offset: -0.5 } };
    const { graph, metadata } = await exported(net, { rescale: "graph" });
    expect(operatorsOf(graph).slice(0, 3)).toEqual(["Mul", "Add", "Transpose"]);
    expect(metadata).toEqual({});
  });
});

test("a trained model leaves its optimizer behind", async () => {
  const net = sequential([layers.dense({ units: 2, inputShape: [3] })]);
  net.compile({ optimizer: "adam", loss: "meanSquaredError" });
  await net.trainOnBatch(tensor([[1, 2, 3]]), tensor([[1, 0]]));
  const { graph } = await exported(net);
  expect([...graph.initializers.keys()].toSorted()).toEqual(["dense/bias", "dense/kernel"]);
  expect(operatorsOf(graph)).toEqual(["Gemm"]);
});

test.each([
  ["lstm", layers.lstm({ units: 2, returnSequences: true }), "LSTM"],
  ["lstm backwards", layers.lstm({ units: 2, goBackwards: true, useBias: false }), "LSTM"],
  ["gru", layers.gru({ units: 2 }), "GRU"],
  ["gru, reset before", layers.gru({ units: 2, resetAfter: false }), "GRU"],
  ["simpleRnn", layers.simpleRnn({ units: 2 }), "RNN"],
  ["an lstm of another activation", layers.lstm({ units: 2, activation: "relu" }), "Scan"],
  ["layerNormalization", layers.layerNormalization(), "LayerNormalization"],
  ["softmax", layers.activation({ activation: "softmax" }), "Softmax"],
  ["logSoftmax", layers.activation({ activation: "logSoftmax" }), "LogSoftmax"],
  ["average pooling", layers.averagePooling1d({ poolSize: 2 }), "AveragePool"],
  ["transposed convolution", layers.conv1dTranspose({ filters: 2, kernelSize: 3 }), "ConvTranspose"],
])("%s is an operator of ONNX's own", async (_name, layer, operator) => {
  const net = moved(sequential([layers.input({ shape: [6, 3] }), layer]));
  const { graph } = await exported(net);
  const moves = ["Transpose", "Squeeze", "Slice", "Expand", "Shape", "Concat", "Add", "Gemm", "MatMul"];
  expect(graph.nodes.map((node) => node.operator).filter((name) => !moves.includes(name))).toEqual([operator]);
});

test("weights may be stored as f16: half the bytes, nearly the numbers", async () => {
  const net = sequential([layers.dense({ units: 40, inputShape: [30] }), layers.dense({ units: 2 })]);
  const { graph } = await exported(net, { weights: "f16" });
  expect(operatorsOf(graph)).toEqual(["Cast", "Gemm", "Gemm"]);
  expect(graph.initializers.get("dense/kernel/f16")?.data.length).toBe(30 * 40 * 2);
  expect(namingFault(graph)).toBeUndefined();
  const x = uniform(key(1), [3, 30], { low: -1, high: 1 });
  const runner = await loadOnnx(join(folder, "model.onnx"));
  const { dense_1: given } = await runner.run({ input: x });
  const error = distance(await read(given ?? x), await read(await net.predictOnBatch(x)));
  expect(error).toBeGreaterThan(1e-6);
  expect(error).toBeLessThan(1e-3);
});

test("several inputs and outputs keep their names", async () => {
  const [a, b] = [layers.input({ shape: [3], name: "a" }), layers.input({ shape: [3], name: "b" })];
  const sum = layers.add({ name: "sum" }).apply([a, b]);
  const product = layers.multiply({ name: "product" }).apply([a, sum]);
  const { graph } = await exported(model({ inputs: [a, b], outputs: [sum, product, sum] }));
  expect([...graph.inputs.keys()]).toEqual(["a", "b"]);
  expect([...graph.outputs.keys()]).toEqual(["sum", "product", "sum_1"]);
  expect(operatorsOf(graph)).toEqual(["Add", "Mul", "Identity"]);
  expect(namingFault(graph)).toBeUndefined();
});

test("a stateful layer takes its state, or zeros, and gives the next", async () => {
  const net = sequential([layers.lstm({ units: 2, stateful: true, batchSize: 3, inputShape: [5, 4] })]);
  const { graph } = await exported(net);
  expect([...graph.inputs.keys()]).toEqual(["input", "lstm/rnnState", "lstm/rnnState1"]);
  expect([...graph.outputs.keys()]).toEqual(["lstm", "lstm/rnnState/next", "lstm/rnnState1/next"]);
  expect(graph.initializers.get("lstm/rnnState")?.dims).toEqual([3, 2]);
  expect(graph.inputs.get("input")).toEqual([3, 5, 4]);
});

describe("what has no words in ONNX", () => {
  const noisy = () =>
    sequential([
      layers.dense({ units: 2, inputShape: [3] }),
      layers.lambda({
        name: "noise",
        function: (x) => x.add(uniform(key(1), x.shape, { low: 0, high: 1 })),
        outputShape: [2],
      }),
    ]);

  test("is an error that names the layer and the way out", async () => {
    await expect(exported(noisy())).rejects.toMatchObject({
      code: "option",
      message: expect.stringMatching(/^exportOnnx: layer "noise" \(lambda\): ONNX has no operator for randomBits\. /),
    });
  });

  test("may be said for one size of batch", async () => {
    const net = sequential([
      layers.lambda({ name: "scaled", function: (x) => x.mul(x.shape[0] ?? 1), outputShape: [3], inputShape: [3] }),
    ]);
    await expect(exported(net)).rejects.toThrow(/layer "scaled" .* \{ batchSize: … \}/);
    const { graph } = await exported(net, { batchSize: 4 });
    expect(operatorsOf(graph)).toEqual(["Mul"]);
  });

  test("wrong options are refused", async () => {
    await expect(exported(smallCnn(), { batchSize: 0 })).rejects.toThrow(/batchSize/);
    // @ts-expect-error: no such place
    await expect(exported(smallCnn(), { rescale: "nowhere" })).rejects.toThrow(/rescale/);
  });
});

/** What a forward pass may hold that has no operator: gradients, and numbers drawn at random. */
const unwritten = [
  "randomBits",
  "windowArgmax",
  "windowMaxGradient",
  "windowTake",
  "windowSumGradient",
  "convolveFilterGradient",
];

test("every primitive is written, or known not to be", () => {
  const names = primitives.map(({ name }) => name);
  expect(names.filter((name) => !writtenPrimitives.includes(name))).toEqual(unwritten);
  expect(writtenPrimitives.filter((name) => !names.includes(name))).toEqual(["customGradient"]);
});

const cases = Object.entries(layerSamples).flatMap(([kind, list]) =>
  list.map((sample, index) => ({ name: `${kind} ${index}`, sample })),
);

/** Of an initial value that is 0 or 1 another, so that no weight drops out of the graph. */
function moved(net: Model): Model {
  const { weights, frozen } = net.core;
  const changed = Object.entries({ ...weights, ...frozen }).map(([path, weight], index) => [
    path,
    weight.add(uniform(key(50 + index), weight.shape, { low: 0.05, high: 0.3 })),
  ]);
  net.setWeights(Object.fromEntries(changed));
  net.resetStates();
  return net;
}

test.each(cases)("$name: the file is in order, and read again it gives the model's numbers", async ({ sample }) => {
  const { make, input, others = [], range: [low, high] = [-1, 1] } = sample;
  const layer = make(input);
  const shapes = [input, ...others];
  const inputs = shapes.map((shape) => layers.input({ shape }));
  const net = moved(model({ inputs, outputs: layer.config.kind === "input" ? inputs : layer.applyAll(inputs) }));
  const { graph } = await exported(net);
  expect(namingFault(graph)).toBeUndefined();
  const isStateful = layer.config.options["stateful"] === true;
  for (const shape of graph.outputs.values()) expect(shape[0]).toBe(isStateful ? 3 : "batch");
  const xs = shapes.map((shape, index) => uniform(key(1 + index), [3, ...shape], { low, high }));
  const names = [...graph.inputs.keys()];
  const runner = await loadOnnx(join(folder, "model.onnx"));
  const given = await runner.run(Object.fromEntries(xs.map((x, index) => [names[index], x])));
  for (const [index, expected] of (await net.predictAllOnBatch(xs)).entries()) {
    const own = given[[...graph.outputs.keys()][index] ?? ""];
    expect(own?.shape).toEqual(expected.shape);
    expect(distance(await read(own ?? expected), await read(expected))).toBeLessThan(exportTolerance);
  }
});

test("protocol buffers: numbers of all signs, texts, messages in messages", () => {
  const inner = new Message().integer(1, -1).text(2, "é").integers(3, [1, 300]);
  const fields = fieldsOf(
    new Message()
      .integer(20, 2 ** 40)
      .message(3, inner)
      .float(2, 0.5)
      .toBytes(),
  );
  expect(fields.get(20)).toEqual([2 ** 40]);
  expect(fields.get(2)).toEqual([new Uint8Array(Float32Array.of(0.5).buffer)]);
  const read = fieldsOf(fields.get(3)?.[0] as Uint8Array);
  expect(read.get(1)).toEqual([-1]);
  expect(read.get(2)).toEqual([new TextEncoder().encode("é")]);
  expect(read.get(3)).toEqual([Uint8Array.of(1, 0xac, 2)]);
});
