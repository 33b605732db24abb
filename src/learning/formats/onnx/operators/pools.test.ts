// Pools with large windows that have gaps: as many parts as the window's sides are long together, also on compiled devices.

import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import type { Attribute, GraphModel } from "../graph.ts";
import { graphRunner } from "../load.ts";

afterAll(closeDevice);

const extent = 40;
const window = 12;
const step = 3;

function pool(operator: string, outputs: readonly string[]): GraphModel {
  const numbers = (value: readonly number[]): Attribute => ({ kind: "numbers", value });
  const attributes = new Map([
    ["kernel_shape", numbers([window, window])],
    ["dilations", numbers([step, step])],
    ["pads", numbers([2, 1, 1, 2])],
  ]);
  const end = (name: string): GraphModel["graph"]["inputs"][number] => ({
    name,
    type: { kind: "tensor", type: "f32", shape: undefined },
  });
  return {
    graph: {
      name: "pool",
      nodes: [{ name: "", domain: "", operator, inputs: ["x"], outputs, attributes }],
      initializers: new Map(),
      inputs: [end("x")],
      outputs: outputs.map(end),
      valueInfos: [],
    },
    opsets: new Map([["", 22]]),
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

const values = Float32Array.from({ length: extent ** 2 }, (_, place) => Math.round(50 * Math.sin(place * place)));

/** For each output the places of the picture that lie in its window, row by row. */
function windows(): number[][] {
  const count = extent + 3 - (window - 1) * step;
  const line = (low: number, at: number): number[] =>
    Array.from({ length: window }, (_, place) => at - low + place * step).filter((one) => one >= 0 && one < extent);
  return Array.from({ length: count * count }, (_, output) => {
    const [row, column] = [Math.floor(output / count), output % count];
    return line(2, row).flatMap((top) => line(1, column).map((left) => top * extent + left));
  });
}

test.each(["js", "wasm"] as const)(
  "the largest of each window, the first place of it, and the mean on %s",
  async (device) => {
    await useDevice(device);
    const x = tensor(values, { shape: [1, 1, extent, extent] });
    const largest = windows().map((places) => Math.max(...places.map((place) => values[place] ?? 0)));
    const { y, at } = await graphRunner(pool("MaxPool", ["y", "at"])).run({ x });
    expect(Array.from((await y?.data()) ?? [])).toEqual(largest);
    const first = windows().map((places, output) => places.find((place) => values[place] === largest[output]));
    expect(Array.from((await at?.data()) ?? [])).toEqual(first);
    const alone = await graphRunner(pool("MaxPool", ["y"])).run({ x });
    expect(Array.from((await alone["y"]?.data()) ?? [])).toEqual(largest);
    const { mean } = await graphRunner(pool("AveragePool", ["mean"])).run({ x });
    const means = Array.from((await mean?.data()) ?? []);
    for (const [output, places] of windows().entries()) {
      const sum = places.reduce((total, place) => total + (values[place] ?? 0), 0);
      expect(means[output]).toBeCloseTo(sum / places.length, 4);
    }
  },
);

test("a window of 4800 places is computed on compiled devices", async () => {
  await useDevice("wasm");
  const model = pool("MaxPool", ["y"]);
  const sized = new Map<string, Attribute>([["kernel_shape", { kind: "numbers", value: [60, 80] }]]);
  const [node] = model.graph.nodes;
  const nodes = node === undefined ? [] : [{ ...node, attributes: new Map([...node.attributes, ...sized]) }];
  const runner = graphRunner({ ...model, graph: { ...model.graph, nodes } });
  const picture = Float32Array.from({ length: 240 ** 2 }, (_, place) => place);
  const { y } = await runner.run({ x: tensor(picture, { shape: [1, 1, 240, 240] }) });
  expect(y?.shape).toEqual([1, 1, 66, 6]);
  expect((await y?.data())?.[0]).toBe(175 * 240 + 236);
});
