// Every case of every primitive on every target equals the oracle, and so do the values at the edges of float32.

import { afterAll, describe, expect, test } from "vitest";
import type { HostArray } from "#engine/base/dtype.ts";
import { apply, type Graph, type Node } from "#engine/graph/graph.ts";
import { verifyGraph } from "#engine/graph/verify.ts";
import { add, parameter, primitives, reduceMax, reduceMin, windowMax } from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { runOn, targets } from "../targets.ts";
import { targetTolerance } from "../tolerances.ts";

function graphOf(parameters: readonly Node[], output: Node): Graph {
  return { parameters, outputs: [output], donations: [-1] };
}

const edges = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3e38,
  -3e38,
  1e-30,
  100,
  -100,
  20000.7,
];

function isModerate(value: number): boolean {
  return value === 0 || (Math.abs(value) > 1e-3 && Math.abs(value) < 1e5);
}

describe.each(targets.map((target) => [target.name, target] as const))("%s", (_name, target) => {
  const device = target.open();
  afterAll(() => device.close());

  const agree = async (graph: Graph, args: readonly HostArray[], tolerance: number): Promise<void> => {
    verifyGraph(graph);
    const [oracle] = interpret(graph, args, { precision: "f32" });
    const [actual] = await runOn(device, graph, args);
    const { dtype } = graph.outputs[0]!.type;
    const error = errorOf(actual!, oracle!, dtype);
    expect(error, `got ${actual!.slice(0, 16).join()}, expected ${oracle!.slice(0, 16).join()}`).toBeLessThan(
      tolerance,
    );
  };

  const cases = primitives.flatMap((primitive) => primitive.cases.map((one, index) => ({ primitive, one, index })));
  test.each(cases.map((entry) => [entry.primitive.name, entry.index, entry] as const))(
    "%s, case %i",
    async (_primitive, _index, { primitive, one }) => {
      const parameters = one.inputs.map((sample) => parameter(sample.type));
      const args = one.inputs.map((sample, index) => makeSample(sample, index + 1));
      await agree(graphOf(parameters, apply(primitive, parameters, one.attributes)), args, targetTolerance);
    },
  );

  // sin and cos are held to |x| ≤ 2^15 only.
  const elementwise = primitives.filter(({ trait, name }) => trait === "elementwise" && !["sin", "cos"].includes(name));
  const takesFloats = elementwise.filter(({ cases: all }) =>
    all.some(({ inputs }) => inputs.every(({ type }) => type.dtype === "f32")),
  );
  test.each(takesFloats.map((primitive) => [primitive.name, primitive] as const))(
    "%s at the edges of float32",
    async (_primitive, primitive) => {
      const one = primitive.cases.find(({ inputs }) => inputs.every(({ type }) => type.dtype === "f32"))!;
      const isBinary = one.inputs.length === 2;
      // The remainder of a quotient beyond 2^24 has no bits left.
      const isLargeQuotient = (edge: number): boolean => Number.isFinite(edge) && !isModerate(edge);
      const values = edges.filter((edge) => primitive.name !== "modulo" || !isLargeQuotient(edge));
      const left = isBinary ? values.flatMap((edge) => values.map(() => edge)) : values;
      const right = values.flatMap(() => values);
      for (const [index, value] of left.entries()) {
        // One element at a time, since the scale of one would hide the error of another.
        const parameters = one.inputs.map(() => parameter({ dtype: "f32", shape: [5] }));
        const graph = graphOf(parameters, apply(primitive, parameters, one.attributes));
        if (index % 7 !== 0 && isBinary) continue;
        const args = [value, right[index]!].slice(0, parameters.length).map((edge) => new Float32Array(5).fill(edge));
        await agree(graph, args, 1e-5);
      }
    },
  );

  test.each([
    ["reduceMax", (x: Node) => reduceMax(x, [1])],
    ["reduceMin", (x: Node) => reduceMin(x, [0])],
    ["windowMax", (x: Node) => windowMax(x, { window: [3], strides: [1], low: [1], high: [1] })],
  ] as const)("%s propagates NaN", async (_primitive, make) => {
    const x = parameter({ dtype: "f32", shape: [3, 6, 4] });
    const data = makeSample({ kind: "normal", type: x.type }, 3);
    data[17] = NaN;
    data[40] = -Infinity;
    await agree(graphOf([x], make(x)), [data], targetTolerance);
  });

  test("parameters that take each other's place are swapped", async () => {
    const type = { dtype: "f32", shape: [3] } as const;
    const [x, y] = [parameter(type), parameter(type)];
    const graph = { parameters: [x, y], outputs: [y, x, add(x, y)], donations: [0, 1, -1] };
    const results = await runOn(device, graph, [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)]);
    expect(results.map((result) => [...result])).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [5, 7, 9],
    ]);
  });
});
