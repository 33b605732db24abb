// A graph as a model: it predicts what the graph gives, and it learns.

import { expect, test } from "vitest";
import "#entry/install-node.ts";
import { SinterError } from "#engine/base/error.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Graph, GraphModel, GraphNode } from "#learning/formats/onnx/graph.ts";
import { graphRunner } from "#learning/formats/onnx/load.ts";
import { graphModel, onnxModel } from "./graph-model.ts";

const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: GraphNode["attributes"] = new Map(),
): GraphNode => ({
  name: "",
  domain: "",
  operator,
  inputs,
  outputs,
  attributes,
});
const f32 = (
  shape: readonly number[],
  values: readonly number[],
): Graph["initializers"] extends ReadonlyMap<string, infer Constant> ? Constant : never => ({
  type: "f32",
  shape,
  read: () => Float32Array.from(values),
});

function modelOf(nodes: readonly GraphNode[]): GraphModel {
  const end = (name: string, shape: readonly (number | string)[]): Graph["inputs"][number] => ({
    name,
    type: { kind: "tensor", type: "f32", shape },
  });
  const graph: Graph = {
    name: "line",
    nodes,
    initializers: new Map([
      ["dense/kernel", f32([2, 1], [0.5, -0.25])],
      ["__proto__", f32([1], [0.1])],
      ["two", f32([], [2])],
    ]),
    inputs: [end("x", ["n", 2])],
    outputs: [end("y", ["n", 1])],
    valueInfos: [],
  };
  return {
    graph,
    opsets: new Map([["", 17]]),
    functions: new Map(),
    irVersion: 8,
    producer: "",
    producerVersion: "",
    domain: "",
    modelVersion: 0,
    documentation: "",
    metadata: new Map(),
  };
}

const line = modelOf([
  node("MatMul", ["x", "dense/kernel"], ["p"]),
  node("Add", ["p", "__proto__"], ["q"]),
  node("Mul", ["q", "two"], ["y"]),
]);
const x = tensor([
  [1, 2],
  [3, 4],
  [-1, 0.5],
]);

test("predicts what the graph gives; its constants of one axis are weights", async () => {
  const runner = graphRunner(line);
  const { y } = await runner.run({ x });
  const model = graphModel(runner);
  expect([...(await model.predict(x)).shape]).toEqual([3, 1]);
  expect(await (await model.predict(x)).data()).toEqual(await y?.data());
  expect((await model.getWeights()).map(({ shape }) => shape)).toEqual([[2, 1], [1]]);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

test("learns a line", async () => {
  const model = graphModel(graphRunner(line));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", learningRate: 0.02 });
  const y = tensor([[3], [7], [-0.5]]);
  const first = await model.trainOnBatch(x, y);
  for (let step = 0; step < 100; step += 1) await model.trainOnBatch(x, y);
  const last = await model.trainOnBatch(x, y);
  expect(last["loss"]).toBeLessThan((first["loss"] ?? 0) / 20);
});

test("a graph that waits for data is refused by name", () => {
  const waiting = modelOf([node("NonZero", ["x"], ["places"]), node("Cast", ["places"], ["y"])]);
  expect(() => graphModel(graphRunner(waiting))).toThrow("NonZero waits for data");
});

test("bytes that are no ONNX are refused", async () => {
  await expect(onnxModel(new Uint8Array([1, 2, 3]))).rejects.toBeInstanceOf(SinterError);
});
