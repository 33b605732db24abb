import { expect, test } from "vitest";
import { printGraph } from "#engine/graph/print.ts";
import { verifyGraph } from "#engine/graph/verify.ts";
import * as ops from "#engine/ops/index.ts";

const x = ops.parameter({ dtype: "f32", shape: [2, 3] });
const w = ops.parameter({ dtype: "f32", shape: [3, 4] });
const product = ops.dot(x, w, { leftContract: [1], rightContract: [0] });
const step = ops.subtract(w, ops.constant(0.5, w.type));
const graph = { parameters: [x, w], outputs: [ops.reduceMax(product, [1]), step], donations: [-1, 1] };

test("a graph reads as a program", () => {
  expect(printGraph(graph)).toBe(
    [
      "%0 = parameter() f32 [2, 3]",
      "%1 = parameter() f32 [3, 4]",
      "%2 = dot(%0, %1, leftContract: [1], rightContract: [0], leftBatch: [], rightBatch: []) f32 [2, 4]",
      "%3 = reduceMax(%2, axes: [1]) f32 [2]",
      '%4 = constant(value: 0.5, dtype: "f32", shape: [3, 4]) f32 [3, 4]',
      "%5 = subtract(%1, %4) f32 [3, 4]",
      "return %3, %5 in place of %1",
    ].join("\n"),
  );
});

test("a sound graph passes", () => {
  expect(() => verifyGraph(graph)).not.toThrow();
});

test.each([
  ["a missing parameter", { ...graph, parameters: [x], donations: [-1, -1] }, "is not listed"],
  ["a parameter given twice", { ...graph, parameters: [x, w, w] }, "listed twice"],
  ["a donation of another type", { ...graph, donations: [0, 1] }, "another type"],
  ["two outputs in one place", { ...graph, outputs: [step, step], donations: [1, 1] }, "donated twice"],
  ["a wrong type", { ...graph, outputs: [{ ...product, type: x.type }, step] }, "its inputs make f32 [2, 4]"],
])("%s is found, with the graph printed", (_name, broken, message) => {
  expect(() => verifyGraph(broken)).toThrow(message);
  expect(() => verifyGraph(broken)).toThrow("return %");
});

test.each([
  ["an axis outside", { kind: "map", value: { kind: "axis", type: "i32", axis: 7 } }, "axis 7 of 2"],
  ["a read of a wrong rank", { kind: "map", value: { kind: "read", type: "f32", operand: 0, at: [] } }, "wrong rank"],
  ["another type", { kind: "map", value: { kind: "constant", type: "i32", value: 1 } }, "maps to i32"],
] as const)("%s in a meaning is found", (_name, form, message) => {
  const exp = ops.exp(x);
  const output = { ...exp, primitive: { ...exp.primitive, lower: () => form } };
  expect(() => verifyGraph({ parameters: [x], outputs: [output], donations: [-1] })).toThrow(message);
});
