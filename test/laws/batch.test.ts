// Batching: every primitive over a batch equals its results for the members, stacked, whichever inputs are batched.

import { describe, expect, test } from "vitest";
import { isFloating, type HostArray } from "#engine/base/dtype.ts";
import { batch } from "#engine/grad/batch.ts";
import { customGradient } from "#engine/grad/custom.ts";
import { reverse } from "#engine/grad/reverse.ts";
import { apply, type Graph, type Node } from "#engine/graph/graph.ts";
import { verifyGraph } from "#engine/graph/verify.ts";
import * as ops from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";

const size = 3;

function graphOf(parameters: readonly Node[], outputs: readonly Node[]): Graph {
  return { parameters, outputs, donations: outputs.map(() => -1) };
}

function run(parameters: readonly Node[], output: Node, args: readonly HostArray[]): HostArray {
  const graph = graphOf(parameters, [output]);
  verifyGraph(graph);
  const [result] = interpret(graph, args, { precision: "f64" });
  return result!;
}

/** Every choice of at least one of n. */
function subsets(count: number): boolean[][] {
  return Array.from({ length: 2 ** count - 1 }, (_, bits) =>
    Array.from({ length: count }, (_one, index) => (((bits + 1) >> index) & 1) === 1),
  );
}

function stack(members: readonly HostArray[]): Float64Array {
  return Float64Array.from(members.flatMap((member) => [...member]));
}

function concatenated(members: readonly HostArray[]): HostArray {
  const [first] = members;
  const joined = first!.slice(0, 0);
  const Type = joined.constructor as new (length: number) => HostArray;
  const all = new Type(members.length * first!.length);
  members.forEach((member, index) => all.set(member, index * first!.length));
  return all;
}

const withInputs = ops.primitives.filter((primitive) => primitive.cases.some((one) => one.inputs.length > 0));

describe.each(withInputs.map((primitive) => [primitive.name, primitive] as const))("%s", (_name, primitive) => {
  test.each(primitive.cases.map((one, index) => [index, one] as const))("case %i over a batch", (_index, one) => {
    const parameters = one.inputs.map((sample) => ops.parameter(sample.type));
    const output = apply(primitive, parameters, one.attributes);
    for (const isBatched of subsets(one.inputs.length)) {
      const members = one.inputs.map((sample, index) =>
        Array.from({ length: isBatched[index] === true ? size : 1 }, (_, member) =>
          makeSample(sample, 10 * index + member),
        ),
      );
      const wide = one.inputs.map(({ type }, index) =>
        isBatched[index] === true
          ? ops.parameter({ dtype: type.dtype, shape: [size, ...type.shape] })
          : parameters[index]!,
      );
      const batched = new Map(
        parameters.flatMap((node, index) => (isBatched[index] === true ? [[node, wide[index]!]] : [])),
      );
      const [result] = batch([output], batched, size);
      expect(result!.type).toEqual({ dtype: output.type.dtype, shape: [size, ...output.type.shape] });
      const actual = run(wide, result!, members.map(concatenated));
      const expected = Array.from({ length: size }, (_, member) =>
        run(
          parameters,
          output,
          members.map((own) => own[member] ?? own[0]!),
        ),
      );
      const { dtype } = output.type;
      expect(
        errorOf(actual, isFloating(dtype) && dtype !== "f32" ? concatenated(expected) : stack(expected), dtype),
      ).toBeLessThan(1e-12);
    }
  });
});

test("what depends on nothing batched is repeated", () => {
  const x = ops.parameter({ dtype: "f32", shape: [2] });
  const [result] = batch([ops.exp(x)], new Map(), 2);
  expect([...run([x], result!, [Float64Array.of(0, 0)])]).toEqual([1, 1, 1, 1]);
});

test("a custom gradient stays its own over a batch", () => {
  const x = ops.parameter({ dtype: "f32", shape: [] });
  const scale = ops.parameter({ dtype: "f32", shape: [] });
  const y = customGradient(ops.floor(x), [x], (cotangent) => [ops.multiply(cotangent, ops.multiply(scale, x))]);
  const wide = ops.parameter({ dtype: "f32", shape: [3] });
  const [result] = batch([y], new Map([[x, wide]]), 3);
  const [gradient] = reverse(ops.reduceSum(result!, [0]), [wide]);
  expect([...run([wide, scale], gradient!, [Float64Array.of(1, 2, 3), Float64Array.of(2)])]).toEqual([2, 4, 6]);
});

test("a gradient over a batch equals the gradients of its members", () => {
  const x = ops.parameter({ dtype: "f32", shape: [1, 4, 4, 2] });
  const w = ops.parameter({ dtype: "f32", shape: [2, 2, 2, 3] });
  const options = { window: [2, 2], strides: [1, 1], low: [0, 0], high: [0, 0] };
  const loss = ops.reduceSum(ops.tanh(ops.windowMax(ops.convolve(x, w), options)), [0, 1, 2, 3]);
  const [gradient] = reverse(loss, [w]);
  const wide = ops.parameter({ dtype: "f32", shape: [size, 1, 4, 4, 2] });
  const [result] = batch([gradient!], new Map([[x, wide]]), size);
  const images = Array.from({ length: size }, (_, seed) => makeSample({ kind: "normal", type: x.type }, seed));
  const filter = makeSample({ kind: "normal", type: w.type }, 9);
  const expected = images.map((image) => run([x, w], gradient!, [image, filter]));
  expect(errorOf(run([wide, w], result!, [concatenated(images), filter]), stack(expected), "f32")).toBeLessThan(1e-12);
});
