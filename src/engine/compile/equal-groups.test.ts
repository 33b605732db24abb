import { expect, test } from "vitest";
import { compileGraph } from "#engine/compile/pipeline.ts";
import type { Node } from "#engine/graph/graph.ts";
import { dot, parameter, relu } from "#engine/ops/index.ts";
import { traitsOf } from "#engine/target/x64/traits.ts";

/** One layer after another, of these widths. */
function layers(widths: readonly number[]) {
  const [first = 1, ...others] = widths;
  const x = parameter({ dtype: "f32", shape: [32, first] });
  const parameters = [x];
  let output: Node = x;
  for (const width of others) {
    const weight = parameter({ dtype: "f32", shape: [output.type.shape[1] ?? 1, width] });
    parameters.push(weight);
    output = relu(dot(output, weight, { leftContract: [1], rightContract: [0] }));
  }
  return { parameters, outputs: [output], donations: [-1] };
}

test("kernels of equal layers share their body and are kernels of their own", async () => {
  const { kernels, steps } = await compileGraph(layers([64, 64, 64]), traitsOf("avx2"));
  expect(kernels).toHaveLength(2);
  expect(kernels[1]?.body).toBe(kernels[0]?.body);
  expect(steps[0]?.buffers[1]).toEqual({ kind: "argument", index: 1 });
  expect(steps[1]?.buffers[1]).toEqual({ kind: "argument", index: 2 });
  expect(steps[1]?.buffers[0]).toEqual(steps[0]?.buffers[2]);
});

test("kernels of layers that differ in a shape do not", async () => {
  const { kernels } = await compileGraph(layers([64, 64, 48]), traitsOf("avx2"));
  expect(kernels).toHaveLength(2);
  expect(kernels[1]?.body).not.toBe(kernels[0]?.body);
});
