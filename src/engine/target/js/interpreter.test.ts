import { expect, test } from "vitest";
import type { HostArray } from "#engine/base/dtype.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";

function run(
  output: Node,
  parameters: readonly Node[],
  args: readonly HostArray[],
  precision: "f32" | "f64",
): number[] {
  const [result] = interpret({ parameters, outputs: [output], donations: [-1] }, args, { precision });
  return [...result!];
}

test("each operation rounds in f32 and none in f64", () => {
  const x = ops.parameter({ dtype: "f32", shape: [1] });
  const tiny = ops.constant(2 ** -30, x.type);
  const rest = ops.subtract(ops.add(x, tiny), x);
  expect(run(rest, [x], [Float32Array.of(1)], "f32")).toEqual([0]);
  expect(run(rest, [x], [Float64Array.of(1)], "f64")).toEqual([2 ** -30]);
});

test("sums run in doubles and round at the end", () => {
  const x = ops.parameter({ dtype: "f32", shape: [1001] });
  const data = new Float32Array(1001).fill(2 ** -25);
  data[0] = 1;
  expect(run(ops.reduceSum(x, [0]), [x], [data], "f32")).toEqual([Math.fround(1 + 1000 * 2 ** -25)]);
});

test("integers wrap and saturate", () => {
  const x = ops.parameter({ dtype: "i32", shape: [2] });
  const data = Int32Array.of(2 ** 31 - 1, -(2 ** 31));
  expect(run(ops.add(x, x), [x], [data], "f32")).toEqual([-2, 0]);
  expect(run(ops.multiply(x, x), [x], [data], "f32")).toEqual([1, 0]);
  expect(run(ops.floorDivide(x, ops.zerosLike(x)), [x], [data], "f32")).toEqual([0, 0]);
  const y = ops.parameter({ dtype: "f32", shape: [4] });
  const floats = Float32Array.of(NaN, 3e9, -3e9, -1.7);
  expect(run(ops.cast(y, "i32"), [y], [floats], "f32")).toEqual([0, 2 ** 31 - 1, -(2 ** 31), -1]);
  expect(run(ops.cast(y, "u8"), [y], [floats], "f32")).toEqual([0, 255, 0, 0]);
});

test("a convolution equals the sum written out", () => {
  const x = ops.parameter({ dtype: "f32", shape: [1, 3, 3, 1] });
  const w = ops.parameter({ dtype: "f32", shape: [2, 2, 1, 1] });
  const result = ops.convolve(x, w, { low: [1, 0] });
  const image = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect(run(result, [x, w], [image, Float64Array.of(1, 10, 100, 1000)], "f64")).toEqual([
    2100, 3200, 5421, 6532, 8754, 9865,
  ]);
});

test("a read without a guard is found", () => {
  const x = ops.parameter({ dtype: "f32", shape: [3] });
  const same = ops.identity(x).primitive;
  const y = ops.reverse(x, [0]);
  const broken = {
    ...y,
    primitive: { ...y.primitive, lower: (...own: Parameters<typeof same.lower>) => same.lower(...own) },
    type: { ...y.type, shape: [4] },
  };
  expect(() => run(broken, [x], [Float32Array.of(1, 2, 3)], "f32")).toThrow(expect.objectContaining({ code: "bug" }));
});

test("an argument of another size is refused", () => {
  const x = ops.parameter({ dtype: "f32", shape: [3] });
  expect(() => run(x, [x], [new Float32Array(2)], "f32")).toThrow(expect.objectContaining({ code: "shape" }));
});
