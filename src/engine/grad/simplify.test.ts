import { expect, test } from "vitest";
import { customGradient } from "#engine/grad/custom.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { attributesKey, simplifyGraph } from "#engine/grad/simplify.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";

function simplify(output: Node, stage: "forward" | "final" = "forward"): Node {
  return simplifyGraph([output], undefined, stage).get(output) ?? output;
}

function names(...outputs: Node[]): string[] {
  return sortNodes(outputs).map((node) => node.primitive.name);
}

const image = { dtype: "f32", shape: [1, 4, 4, 2] } as const;
const pool = { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] };

test("equal nodes become one, parameters and identities stay apart", () => {
  const [x, y] = [ops.parameter(image), ops.parameter(image)];
  const sum = simplify(ops.add(ops.add(ops.exp(x), ops.exp(x)), ops.add(ops.exp(y), ops.identity(x))));
  expect(names(sum).filter((name) => name === "exp")).toHaveLength(2);
  const apart = simplify(ops.add(ops.identity(x), ops.identity(x)));
  expect(apart.inputs[0]).not.toBe(apart.inputs[1]);
});

test("monotone functions sink below window maxima", () => {
  const x = ops.parameter(image);
  const simple = simplify(ops.windowMax(ops.tanh(ops.relu(x)), pool));
  expect(names(simple)).toEqual(["parameter", "windowMax", "relu", "tanh"]);
  expect(names(simplify(ops.windowMax(ops.abs(x), pool)))).toEqual(["parameter", "abs", "windowMax"]);
});

test("the gradient of a bias below a pool does not place cotangents", () => {
  const x = ops.parameter(image);
  const bias = ops.parameter({ dtype: "f32", shape: [2] });
  const sum = ops.add(x, ops.broadcastTo(bias, image.shape));
  const loss = ops.reduceSum(ops.multiply(ops.windowMax(sum, pool), ops.windowMax(sum, pool)), [0, 1, 2, 3]);
  const [gradient] = reverse(simplify(loss), [bias]);
  expect(names(simplify(gradient!))).not.toContain("windowMaxGradient");
});

test("what only stands for another goes at the end, not before", () => {
  const x = ops.parameter(image);
  const custom = ops.identity(customGradient(ops.exp(x), [x], (cotangent) => [cotangent]));
  expect(names(simplify(custom))).toEqual(["parameter", "exp", "customGradient", "identity"]);
  expect(names(simplify(custom, "final"))).toEqual(["parameter", "exp"]);
});

test("leaves are not entered", () => {
  const x = ops.parameter(image);
  const leaf = ops.add(x, ops.zerosLike(x));
  const output = ops.exp(leaf);
  const replaced = simplifyGraph([output], (node) => node === leaf);
  expect(replaced.get(output)).toBe(output);
});

test("units, constants and double moves disappear", () => {
  const x = ops.parameter({ dtype: "f32", shape: [2, 3] });
  const one = ops.broadcastTo(ops.reshape(ops.constant(1, { dtype: "f32", shape: [] }), [1, 1]), [2, 3]);
  expect(simplify(ops.divide(ops.multiply(one, ops.add(x, ops.zerosLike(x))), one))).toBe(x);
  expect(simplify(ops.transpose(ops.transpose(x, [1, 0]), [1, 0]))).toBe(x);
  expect(simplify(ops.reshape(ops.reshape(x, [6]), [2, 3]))).toBe(x);
  expect(simplify(ops.negate(ops.negate(x)))).toBe(x);
});

test("attributes that differ have different keys", () => {
  const keys = [0, -0, NaN, Infinity, -Infinity, "0", [0], [[0]], undefined].map((value) => attributesKey({ value }));
  expect(new Set(keys).size).toBe(keys.length);
  expect(attributesKey({ a: 1, b: 2 })).toBe(attributesKey({ b: 2, a: 1 }));
});
