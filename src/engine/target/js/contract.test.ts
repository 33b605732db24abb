import fc from "fast-check";
import { test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import { lowerNode } from "#engine/graph/primitive.ts";
import * as ops from "#engine/ops/index.ts";
import { contract } from "#engine/target/js/contract.ts";
import { blockSize, compileExpressions } from "#engine/target/js/evaluate.ts";
import type { Value } from "#engine/target/js/values.ts";

/** The sum written out: every product of every place. */
function sumOfProducts(node: Node, inputs: readonly Value[]): Float64Array | undefined {
  const form = lowerNode(node);
  if (form.kind !== "contract") return undefined;
  const out = new Float64Array(sizeOf(node.type.shape));
  const length = sizeOf(form.extents);
  const axes = [...node.type.shape, ...form.extents];
  const evaluate = compileExpressions([form.left, form.right], axes, inputs, "f64");
  const size = out.length * length;
  for (let start = 0; start < size; start += blockSize) {
    const count = Math.min(blockSize, size - start);
    const [left, right] = evaluate(start, count);
    for (let i = 0; i < count; i += 1) out[Math.floor((start + i) / length)]! += left![i]! * right![i]!;
  }
  return out;
}

function valueOf(node: Node, seed: number): Value {
  const data = Float64Array.from({ length: sizeOf(node.type.shape) }, (_, index) => ((index * 7 + seed) % 11) - 5);
  return { type: node.type, data };
}

function check(node: Node): boolean {
  const inputs = node.inputs.map(valueOf);
  const form = lowerNode(node);
  if (form.kind !== "contract") return false;
  const fast = contract(form.left, form.right, node.type.shape, form.extents, inputs);
  const slow = sumOfProducts(node, inputs);
  return fast === undefined || fast.every((value, index) => Object.is(value + 0, slow![index]! + 0));
}

const convolutions = fc.record({
  spatial: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 2 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.integer({ min: 1, max: 2 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  pads: fc.tuple(fc.nat(3), fc.nat(3)),
  channels: fc.tuple(fc.constantFrom(1, 2, 9), fc.constantFrom(1, 3, 8)),
  batch: fc.integer({ min: 1, max: 2 }),
});

test("the loops of convolutions and their gradients sum every product once", () => {
  fc.assert(
    fc.property(convolutions, ({ spatial, kernel, stride, dilation, pads, channels, batch }) => {
      const repeat = (value: number): number[] => spatial.map(() => value);
      const options = {
        strides: repeat(stride),
        dilation: repeat(dilation),
        low: repeat(pads[0]),
        high: repeat(pads[1]),
      };
      const filterShape = [...kernel.slice(0, spatial.length), ...channels];
      fc.pre(spatial.every((extent, axis) => extent + pads[0] + pads[1] > (filterShape[axis]! - 1) * dilation));
      const x = ops.parameter({ dtype: "f32", shape: [batch, ...spatial, channels[0]] });
      const filter = ops.parameter({ dtype: "f32", shape: filterShape });
      const forward = ops.convolve(x, filter, options);
      const cotangent = ops.parameter(forward.type);
      return [
        forward,
        ops.convolveInputGradient(filter, cotangent, { ...options, spatial }),
        ops.convolveFilterGradient(x, cotangent, { ...options, kernel: filterShape.slice(0, -2) }),
      ].every(check);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test("the loops of products sum every product once", () => {
  const extent = fc.constantFrom(1, 2, 5, 9);
  fc.assert(
    fc.property(extent, extent, extent, extent, fc.nat(3), (rows, columns, summed, batch, order) => {
      const left = order % 2 === 0 ? [batch, rows, summed] : [batch, summed, rows];
      const right = order < 2 ? [batch, summed, columns] : [batch, columns, summed];
      return check(
        ops.dot(ops.parameter({ dtype: "f32", shape: left }), ops.parameter({ dtype: "f32", shape: right }), {
          leftContract: [order % 2 === 0 ? 2 : 1],
          rightContract: [order < 2 ? 1 : 2],
          leftBatch: [0],
          rightBatch: [0],
        }),
      );
    }),
    { numRuns: 60, seed: 1 },
  );
});
