import { expect, test } from "vitest";
import { reverse } from "#engine/grad/reverse.ts";
import { customGradient } from "#engine/grad/custom.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";

function evaluate(parameters: readonly Node[], outputs: readonly Node[], ...args: number[][]): number[][] {
  const graph = { parameters, outputs, donations: outputs.map(() => -1) };
  const data = args.map((values) => Float64Array.from(values));
  return interpret(graph, data, { precision: "f64" }).map((values) => [...values]);
}

const vector = { dtype: "f32", shape: [3] } as const;

test("adds the cotangents of every use", () => {
  const x = ops.parameter(vector);
  const y = ops.add(ops.multiply(x, x), x);
  const [gradient] = reverse(ops.reduceSum(y, [0]), [x]);
  expect(evaluate([x], [gradient!], [1, 2, 3])).toEqual([[3, 5, 7]]);
});

test("gives zeros where the output does not depend on the target", () => {
  const [x, y] = [ops.parameter(vector), ops.parameter(vector)];
  const [gradient] = reverse(ops.reduceSum(x, [0]), [y]);
  expect(gradient!.type).toEqual(vector);
  expect(evaluate([x, y], [gradient!], [1, 2, 3], [0, 0, 0])).toEqual([[0, 0, 0]]);
});

test("takes inner nodes as targets, and targets below targets", () => {
  const x = ops.parameter(vector);
  const inner = ops.multiply(x, x);
  const gradients = reverse(ops.reduceSum(ops.multiply(inner, inner), [0]), [inner, x]);
  expect(evaluate([x], gradients, [1, 2, 3])).toEqual([
    [2, 8, 18],
    [4, 32, 108],
  ]);
});

test("starts from a cotangent", () => {
  const x = ops.parameter(vector);
  const cotangent = ops.parameter(vector);
  const [gradient] = reverse(ops.multiply(x, x), [x], cotangent);
  expect(evaluate([x, cotangent], [gradient!], [1, 2, 3], [1, 0, -1])).toEqual([[2, 0, -6]]);
});

test("never computes the gradient of what is not asked for", () => {
  const image = ops.parameter({ dtype: "f32", shape: [1, 4, 1] });
  const filter = ops.parameter({ dtype: "f32", shape: [2, 1, 1] });
  const loss = ops.reduceSum(ops.convolve(image, filter), [0, 1, 2]);
  const names = sortNodes(reverse(loss, [filter])).map((node) => node.primitive.name);
  expect(names).toContain("convolveFilterGradient");
  expect(names).not.toContain("convolveInputGradient");
});

test("differentiates twice", () => {
  const x = ops.parameter({ dtype: "f32", shape: [] });
  const [first] = reverse(ops.power(x, ops.constant(3, x.type)), [x]);
  const [second] = reverse(first!, [x]);
  expect(evaluate([x], [second!], [2])[0]![0]).toBeCloseTo(12, 12);
});

test("refuses integers and cotangents of another shape", () => {
  const x = ops.parameter({ dtype: "i32", shape: [3] });
  expect(() => reverse(x, [x])).toThrow(expect.objectContaining({ code: "dtype" }));
  const y = ops.parameter(vector);
  expect(() => reverse(y, [y], ops.constant(1, { dtype: "f32", shape: [2] }))).toThrow(
    expect.objectContaining({ code: "shape" }),
  );
});

test("a custom gradient takes the place of the composition's own", () => {
  const x = ops.parameter(vector);
  const y = customGradient(ops.floor(x), [x], (cotangent) => [cotangent]);
  const [gradient] = reverse(ops.reduceSum(ops.multiply(y, y), [0]), [x]);
  expect(evaluate([x], [y, gradient!], [1.5, 2.5, -0.5])).toEqual([
    [1, 2, -1],
    [2, 4, -2],
  ]);
  const wrong = customGradient(x, [x], () => []);
  expect(() => reverse(wrong, [x])).toThrow(expect.objectContaining({ code: "option" }));
});
