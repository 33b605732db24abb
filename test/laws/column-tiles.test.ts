// Windows over columns of channels, forward and both gradients, against the oracle: borders, strides, dilation, windows of
// any shape, channels that fill no vector, what is fused around them; the same bits for one thread and for three.

import { afterAll, describe, expect, test } from "vitest";
import type { HostArray } from "#engine/base/dtype.ts";
import { reverse } from "#engine/grad/reverse.ts";
import type { Graph, Node } from "#engine/graph/graph.ts";
import { add, broadcastTo, convolve, multiply, parameter, relu, windowMax, windowSum } from "#engine/ops/index.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { runOn, targets } from "../targets.ts";
import { targetTolerance } from "../tolerances.ts";

interface Case {
  readonly name: string;
  /** [batch, ...spatial, channels] */
  readonly input: readonly number[];
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly dilation?: readonly number[];
}

const cases: readonly Case[] = [
  { name: "same", input: [2, 9, 14, 16], window: [3, 3], low: [1, 1], high: [1, 1] },
  { name: "channels that fill no vector", input: [1, 6, 7, 21], window: [3, 3], low: [1, 1], high: [1, 1] },
  { name: "valid", input: [2, 7, 11, 8], window: [3, 3] },
  { name: "stride 2, even", input: [2, 10, 12, 16], window: [3, 3], strides: [2, 2], low: [0, 0], high: [1, 1] },
  { name: "stride 2, odd", input: [1, 11, 13, 24], window: [3, 3], strides: [2, 2], low: [1, 1], high: [1, 1] },
  { name: "stride 3 and 1", input: [1, 11, 13, 8], window: [2, 4], strides: [3, 1], low: [1, 2], high: [0, 1] },
  { name: "stride 3", input: [1, 14, 19, 9], window: [3, 3], strides: [3, 3], low: [1, 1], high: [1, 1] },
  { name: "stride 5", input: [1, 14, 21, 8], window: [3, 3], strides: [5, 5], low: [1, 1], high: [1, 1] },
  { name: "dilation", input: [1, 12, 17, 16], window: [3, 3], dilation: [2, 3], low: [2, 3], high: [2, 3] },
  { name: "a window wider than the picture", input: [1, 3, 4, 16], window: [5, 7], low: [2, 3], high: [2, 3] },
  { name: "one row", input: [3, 1, 9, 12], window: [1, 3], low: [0, 1], high: [0, 1] },
  { name: "one column", input: [3, 9, 1, 12], window: [3, 1], low: [1, 0], high: [1, 0] },
  { name: "a column's window", input: [1, 9, 6, 16], window: [5, 1], low: [2, 0], high: [2, 0] },
  { name: "one dimension", input: [2, 23, 8], window: [4], low: [2], high: [1] },
  { name: "three dimensions", input: [1, 4, 5, 6, 8], window: [2, 3, 3], low: [1, 1, 1], high: [0, 1, 1] },
  { name: "vectors that are left", input: [1, 12, 13, 45], window: [3, 3], low: [1, 1], high: [1, 1] },
  { name: "seven steps", input: [2, 9, 13, 12], window: [3, 7], strides: [1, 2], low: [1, 3], high: [1, 3] },
  { name: "many rows of many channels", input: [1, 24, 30, 72], window: [3, 3], low: [1, 1], high: [1, 1] },
];

function complete(one: Case): Required<Case> {
  const zeros = one.window.map(() => 0);
  const ones = one.window.map(() => 1);
  return { strides: ones, low: zeros, high: zeros, dilation: ones, ...one };
}

/** Outputs, and the gradients of the first for all parameters. */
function withGradients(parameters: readonly Node[], outputs: readonly Node[]): Graph {
  const [first] = outputs;
  if (first === undefined) throw new Error("no output");
  const cotangent = parameter(first.type);
  const all = [...outputs, ...reverse(first, parameters, cotangent)];
  return { parameters: [...parameters, cotangent], outputs: all, donations: all.map(() => -1) };
}

function depthwise({ input, window, strides, low, high, dilation }: Required<Case>): Graph {
  const groups = input.at(-1) ?? 1;
  const x = parameter({ dtype: "f32", shape: input });
  const filter = parameter({ dtype: "f32", shape: [...window, 1, groups] });
  return withGradients([x, filter], [convolve(x, filter, { strides, low, high, dilation, groups })]);
}

function normalized(one: Required<Case>): Graph {
  const { input, window, strides, low, high, dilation } = one;
  const groups = input.at(-1) ?? 1;
  const x = parameter({ dtype: "f32", shape: input });
  const filter = parameter({ dtype: "f32", shape: [...window, 1, groups] });
  const [scale, offset] = [parameter({ dtype: "f32", shape: [groups] }), parameter({ dtype: "f32", shape: [groups] })];
  const y = convolve(relu(x), filter, { strides, low, high, dilation, groups });
  const all = (vector: Node): Node => broadcastTo(vector, y.type.shape);
  return withGradients([x, filter, scale, offset], [relu(add(multiply(y, all(scale)), all(offset)))]);
}

function pooled(pool: typeof windowMax): (one: Required<Case>) => Graph {
  return ({ input, window, strides, low, high }) => {
    const x = parameter({ dtype: "f32", shape: input });
    return withGradients([x], [pool(x, { window, strides, low, high })]);
  };
}

const graphs: readonly (readonly [string, (one: Required<Case>) => Graph])[] = [
  ["depthwise convolution", depthwise],
  ["depthwise convolution, normalized", normalized],
  ["maximum", pooled(windowMax)],
  ["sum", pooled(windowSum)],
];
/** Pools have no dilation. */
const casesOf = (what: string): readonly Case[] =>
  cases.filter(({ dilation }) => dilation === undefined || what.startsWith("depthwise"));

function argumentsOf(graph: Graph): HostArray[] {
  return graph.parameters.map(({ type }, index) => makeSample({ kind: "normal", type }, index + 1));
}

describe.each(targets.map((target) => [target.name, target] as const))("%s", (_name, target) => {
  const device = target.open();
  afterAll(() => device.close());
  describe.each(graphs)("%s", (what, make) => {
    test.each(casesOf(what).map((one) => [one.name, one] as const))("%s", async (_case, one) => {
      const graph = make(complete(one));
      const args = argumentsOf(graph);
      const expected = interpret(graph, args, { precision: "f64" });
      const actual = await runOn(device, graph, args);
      for (const [index, output] of graph.outputs.entries()) {
        expect(errorOf(actual[index]!, expected[index]!, output.type.dtype)).toBeLessThan(targetTolerance);
      }
    });
  });
});

test("bits do not depend on the number of threads", async () => {
  const devices = [1, 3].map((threads) => createWasmDevice({ threads }));
  for (const [what, make] of graphs) {
    for (const one of casesOf(what)) {
      const graph = make(complete(one));
      const [alone, shared] = await Promise.all(devices.map((device) => runOn(device, graph, argumentsOf(graph))));
      expect(shared).toEqual(alone);
    }
  }
  await Promise.all(devices.map((device) => device.close()));
});

test("weights that are no numbers reach the borders as in the oracle", async () => {
  const graph = depthwise(complete({ name: "", input: [1, 5, 9, 16], window: [3, 3], low: [1, 1], high: [1, 1] }));
  const [x, filter, cotangent] = argumentsOf(graph);
  filter![0] = Infinity;
  const args = [x!, filter!, cotangent!];
  const isNumber = (values: HostArray): string =>
    Array.from(values, (value) => (Number.isFinite(value) ? "." : "x")).join("");
  const expected = interpret(graph, args, { precision: "f32" }).map(isNumber);
  for (const target of targets) {
    const device = target.open();
    expect((await runOn(device, graph, args)).map(isNumber), target.name).toEqual(expected);
    await device.close();
  }
});
