// What a small file may not do: fill memory, run for ever, or not stop when it is told to.

import { beforeAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Attribute, Graph, GraphFunction, GraphModel, GraphNode, ValueInfo } from "./graph.ts";
import type { GraphLimits } from "./limits.ts";
import { graphRunner, type GraphRunner } from "./load.ts";
import { weightNames } from "./analyze.ts";
import { operators } from "./operators/index.ts";

beforeAll(() => useDevice("js"));

type Attributes = Readonly<Record<string, Attribute>>;

function node(operator: string, inputs: string, outputs: string, attributes: Attributes = {}, domain = ""): GraphNode {
  const names = (list: string): string[] =>
    list === "" ? [] : list.split(" ").map((name) => (name === "-" ? "" : name));
  const given = new Map(Object.entries(attributes));
  return { name: "", domain, operator, inputs: names(inputs), outputs: names(outputs), attributes: given };
}

const info = (name: string): ValueInfo => ({ name, type: { kind: "tensor", type: undefined, shape: undefined } });
const ints = (...value: number[]): Attributes => ({ value_ints: { kind: "numbers", value } });
const int = (value: number): Attributes => ({ value_int: { kind: "number", value } });

function graph(nodes: readonly GraphNode[], outputs = "y", inputs = ""): Graph {
  const infos = (list: string): ValueInfo[] => list.split(" ").filter(Boolean).map(info);
  return { name: "", nodes, initializers: new Map(), inputs: infos(inputs), outputs: infos(outputs), valueInfos: [] };
}

function modelOf(whole: Graph, functions: ReadonlyMap<string, GraphFunction> = new Map()): GraphModel {
  const texts = {
    producer: "",
    producerVersion: "",
    domain: "",
    documentation: "",
    metadata: new Map<string, string>(),
  };
  return { graph: whole, functions, opsets: new Map([["", 18]]), irVersion: 8, modelVersion: 0, ...texts };
}

function runnerOf(nodes: readonly GraphNode[], limits?: GraphLimits): GraphRunner {
  return graphRunner(modelOf(graph(nodes)), { limits });
}

const body = (nodes: readonly GraphNode[], outputs: string, inputs: string): Attributes => ({
  body: { kind: "graph", value: graph(nodes, outputs, inputs) },
});
/** Rounds that never end by themselves. */
const endless = body([node("Identity", "goes", "on"), node("Add", "x i", "next")], "on next", "i goes x");

test.each([
  ["a constant", [node("Constant", "", "s", ints(2 ** 15, 2 ** 14)), node("ConstantOfShape", "s", "y")]],
  [
    "a product of a row and a column",
    [
      node("Constant", "", "s", ints(2 ** 15, 1)),
      node("ConstantOfShape", "s", "a"),
      node("Transpose", "a", "b"),
      node("MatMul", "a b", "y"),
    ],
  ],
  [
    "known numbers side by side",
    [
      node("Constant", "", "s", ints(2 ** 15, 1)),
      node("ConstantOfShape", "s", "a"),
      node("Transpose", "a", "b"),
      node("Add", "a b", "y"),
    ],
  ],
])("%s of 2^29 elements is refused before it is made", async (_, nodes) => {
  await expect(runnerOf(nodes).run({})).rejects.toMatchObject({ code: "limit", message: /maxElements: \d+/ });
});

test.each([
  [
    "Range",
    [
      node("Constant", "", "a", int(0)),
      node("Constant", "", "b", int(2 ** 27)),
      node("Constant", "", "c", int(1)),
      node("Range", "a b c", "y"),
    ],
  ],
  [
    "matrices without elements",
    [node("Constant", "", "s", ints(2 ** 27, 0, 0)), node("ConstantOfShape", "s", "a"), node("Det", "a", "y")],
  ],
  ["a window", [node("Constant", "", "n", int(2 ** 27)), node("HannWindow", "n", "y")]],
  [
    "what is read",
    [node("Constant", "", "s", ints(2 ** 24 + 4)), node("ConstantOfShape", "s", "a"), node("NonZero", "a", "y")],
  ],
])("the host refuses to compute more than 2^24 elements: %s", async (_, nodes) => {
  await expect(runnerOf(nodes).run({})).rejects.toMatchObject({ code: "limit", message: /on the host/ });
});

test("a stride of 10^8 places is refused", async () => {
  const last = node("ConvTranspose", "x x", "y", { strides: { kind: "numbers", value: [1, 2 ** 27] } });
  const runner = runnerOf([node("Constant", "", "s", ints(1, 1, 1, 1)), node("ConstantOfShape", "s", "x"), last]);
  await expect(runner.run({})).rejects.toMatchObject({ code: "limit", message: /parts/ });
});

test("values that a run holds together are bounded, and the bound can be raised", async () => {
  const nodes = [
    node("Constant", "", "s", ints(1000)),
    node("ConstantOfShape", "s", "a"),
    node("Exp", "a", "b"),
    node("NonZero", "b", "c"),
    node("Exp", "b", "d"),
    node("Concat", "b d", "y", { axis: { kind: "number", value: 0 } }),
  ];
  await expect(runnerOf(nodes, { maxElements: 2500 }).run({})).rejects.toMatchObject({ code: "limit" });
  const { y } = await runnerOf(nodes, { maxElements: 20_000 }).run({});
  expect(y?.shape).toEqual([2000]);
});

test.each([
  ["Loop", [node("Constant", "", "x", int(0)), node("Loop", "- - x", "y", endless)]],
  [
    "loops in loops",
    [
      node("Constant", "", "x", int(0)),
      node(
        "Loop",
        "- - x",
        "y",
        body(
          [
            node("Constant", "", "n", int(1000)),
            node("Loop", "n - x", "next", endless),
            node("Identity", "goes", "on"),
          ],
          "on next",
          "j goes x",
        ),
      ),
    ],
  ],
])("%s without an end takes no more steps than it may", async (_, nodes) => {
  const refusal = { code: "limit", message: /more than \d+ steps.*maxSteps: \d+/ };
  await expect(runnerOf(nodes, { maxSteps: 200 }).run({})).rejects.toMatchObject(refusal);
});

test("rows that a loop gathers are bounded", async () => {
  const rows = body(
    [node("Identity", "goes", "on"), node("Constant", "", "s", ints(10_000)), node("ConstantOfShape", "s", "row")],
    "on row",
    "i goes",
  );
  const runner = runnerOf([node("Loop", "- -", "y", rows)], { maxElements: 100_000 });
  await expect(runner.run({})).rejects.toMatchObject({ code: "limit", message: /holds/ });
});

test("functions that call two others each do not grow without bound", async () => {
  const functions = new Map<string, GraphFunction>();
  for (let level = 0; level < 30; level += 1) {
    const nodes = [1, 2].map((at) => node(`f${level + 1}`, at === 1 ? "x" : "a1", `a${at}`, {}, "own"));
    const own: Omit<GraphFunction, "nodes"> = {
      name: `f${level}`,
      domain: "own",
      inputs: ["x"],
      outputs: [level === 29 ? "b" : "a2"],
      defaults: new Map(),
      opsets: new Map([["", 18]]),
    };
    functions.set(`own:f${level}`, { ...own, nodes: level === 29 ? [node("Neg", "x", "b")] : nodes });
  }
  const whole = graph([node("Constant", "", "x", int(1)), node("f0", "x", "y", {}, "own")]);
  const refusal = { code: "limit", message: /steps/ };
  await expect(graphRunner(modelOf(whole, functions), { limits: { maxSteps: 500 } }).run({})).rejects.toMatchObject(
    refusal,
  );
});

test("a loop stops when its signal fires", async () => {
  const nodes = [node("Constant", "", "x", int(0)), node("Loop", "- - x", "y", endless)];
  const run = runnerOf(nodes, { maxSteps: 1e9 }).run({}, { signal: AbortSignal.timeout(200) });
  await expect(run).rejects.toMatchObject({ code: "aborted" });
});

test("an operator of another domain is another operator", () => {
  const initializers = new Map([["w", { type: "f32" as const, shape: [3], read: () => new Float32Array(3) }]]);
  const own = (domain: string): GraphModel => {
    const whole = graph([node("BatchNormalization", "x w w w w", "y", {}, domain)], "y", "x");
    return modelOf({ ...whole, initializers });
  };
  expect(weightNames(own(""), operators)).toEqual(new Set());
  expect(weightNames(own("mine"), operators)).toEqual(new Set(["w"]));
  expect(weightNames(own("toString"), operators)).toEqual(new Set(["w"]));
});

test("Unique: equal rows, NaN too, by where they come first", async () => {
  const x = tensor([2, Number.NaN, 1, 2, Number.NaN, 0]);
  const whole = graph(
    [node("Unique", "x", "y first group count", { sorted: { kind: "number", value: 0 } })],
    "y first group count",
    "x",
  );
  const found = await graphRunner(modelOf(whole)).run({ x });
  const lists = await Promise.all(
    ["y", "first", "group", "count"].map(async (name) => [...((await found[name]?.data()) ?? [])]),
  );
  expect(lists).toEqual([
    [2, Number.NaN, 1, 0],
    [0, 1, 2, 5],
    [0, 1, 2, 0, 1, 3],
    [2, 2, 1, 1],
  ]);
});

test("a window that is far larger than the picture", async () => {
  const window: Attributes = {
    kernel_shape: { kind: "numbers", value: [255, 65_537] },
    auto_pad: { kind: "text", value: "SAME_LOWER" },
  };
  const pooled = [node("Constant", "", "s", ints(1, 3, 32, 32)), node("ConstantOfShape", "s", "x")];
  for (const operator of ["AveragePool", "MaxPool", "LpPool"]) {
    const run = runnerOf([...pooled, node(operator, "x", "y", window)]).run({});
    await expect(run).rejects.toMatchObject({
      code: "format",
      message: expect.stringContaining("kernel_shape [255, 65537]"),
    });
  }
});

test("a Scan of the first form that takes more rows than it has inputs", async () => {
  const scan = {
    ...body([node("Identity", "a", "b")], "b", "a"),
    num_scan_inputs: { kind: "number", value: 2 ** 28 },
  } as const;
  const model = { ...modelOf(graph([node("Scan", "- x", "y", scan)], "y", "x")), opsets: new Map([["", 8]]) };
  const run = graphRunner(model).run({ x: tensor([[1, 2]]) });
  await expect(run).rejects.toMatchObject({ code: "format", message: expect.stringContaining("num_scan_inputs") });
});
