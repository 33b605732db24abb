// Whole graphs as machine code: products and convolutions of sizes that are multiples of nothing, and random graphs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import {
  add,
  broadcastTo,
  cast,
  convolve,
  convolveFilterGradient,
  dot,
  multiply,
  parameter,
  relu,
  reshape,
  transpose,
  windowMax,
} from "#engine/ops/index.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { agree } from "../fuzz/agree.ts";
import { recipes } from "../fuzz/random-graph.ts";
import { errorOf } from "../laws/compare.ts";
import { makeSample } from "../laws/samples.ts";
import { targetTolerance, winogradTolerance } from "../tolerances.ts";
import { deviceOn } from "./machine-device.ts";
import { runProgram } from "./run-program.ts";
import { runners } from "./runners.ts";

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });
const chosen = runners.filter(({ name }) => name !== "avx2 emulated");

describe.each(chosen)("$name", (target) => {
  const { name, whyNot, open } = target;
  describe.skipIf(whyNot !== undefined)(whyNot ?? "runs", () => {
    const check = async (parameters: readonly Node[], output: Node, tolerance = targetTolerance): Promise<void> => {
      const args = parameters.map((node, index) => makeSample({ kind: "normal", type: node.type }, index + 1));
      const graph = { parameters, outputs: [output], donations: [-1] };
      const [oracle] = interpret(graph, args, { precision: "f64" });
      using machine = open(1 << 25);
      const [actual] = await runProgram(machine, target, graph, args);
      expect(errorOf(actual!, oracle!, "f32")).toBeLessThan(tolerance);
    };

    const contractions = [
      { left: [37, 45], right: [45, 51], leftContract: [1], rightContract: [0] },
      { left: [45, 37], right: [45, 51], leftContract: [0], rightContract: [0] },
      { left: [37, 45], right: [51, 45], leftContract: [1], rightContract: [1] },
      { left: [45, 7], right: [20, 45], leftContract: [0], rightContract: [1] },
      { left: [5, 6, 40], right: [5, 40], leftContract: [0, 2], rightContract: [0, 1] },
      { left: [31, 3, 40], right: [31, 19], leftContract: [0], rightContract: [0] },
    ];
    test.each(contractions)(
      "$left with $right along $leftContract and $rightContract",
      async ({ left, right, ...axes }) => {
        const parameters = [f32(...left), f32(...right)] as const;
        await check(parameters, dot(...parameters, axes));
      },
    );

    test.each([
      [1, 96, 131],
      [3, 64, 80],
    ])("%i rows times columns of bytes with scales", async (rows, depth, columns) => {
      const shape = [depth / 32, 32, columns];
      const [x, gain] = [f32(rows, depth), f32(depth)];
      const bytes = parameter({ dtype: "u8", shape });
      const scales = parameter({ dtype: "f16", shape: [depth / 32, 1, columns] });
      const weight = multiply(cast(bytes, "f32"), broadcastTo(cast(scales, "f32"), shape));
      const axes = { leftContract: [1], rightContract: [0] };
      const scaled = multiply(x, broadcastTo(gain, [rows, depth]));
      await check([x, gain, bytes, scales], relu(dot(scaled, reshape(weight, [depth, columns]), axes)));
      // The other way round: memory runs along the depth.
      const turned = [columns, depth / 32, 32];
      const [table, own] = [parameter({ dtype: "u8", shape: turned }), f32(columns, depth / 32, 1)];
      const rowsOf = reshape(multiply(cast(table, "f32"), broadcastTo(own, turned)), [columns, depth]);
      await check([x, gain, table, own], relu(dot(scaled, transpose(rowsOf, [1, 0]), axes)));
    });

    test("a long depth is cut into pieces and splits", async () => {
      const parameters = [f32(7, 1300), f32(1300, 33)] as const;
      await check(parameters, dot(...parameters, { leftContract: [1], rightContract: [0] }));
    });

    const window = (strides: number, padding: number) => ({
      strides: [strides, strides],
      low: [padding, padding],
      high: [padding, padding],
      dilation: [1, 1],
      groups: 1,
    });
    test("a convolution with an epilogue, and the gradient of its filter", async () => {
      const [x, filter, bias] = [f32(2, 13, 11, 5), f32(3, 3, 5, 20), f32(20)];
      const y = convolve(x, filter, window(2, 1));
      await check([x, filter, bias], relu(add(y, broadcastTo(bias, y.type.shape))));
      const cotangent = f32(...y.type.shape);
      await check([x, cotangent], convolveFilterGradient(x, cotangent, { ...window(2, 1), kernel: [3, 3] }));
    });

    test("Winograd's gradient of a filter", { timeout: 120_000 }, async () => {
      const [x, cotangent] = [f32(2, 11, 10, 48), f32(2, 11, 10, 32)] as const;
      const gradient = convolveFilterGradient(x, cotangent, { ...window(1, 1), kernel: [3, 3] });
      await check([x, cotangent], gradient, winogradTolerance);
    });

    test("Winograd's convolution", { timeout: 120_000 }, async () => {
      const [x, filter, bias] = [f32(2, 14, 18, 16), f32(3, 3, 16, 64), f32(64)];
      const y = convolve(x, filter, window(1, 1));
      const biased = add(y, broadcastTo(bias, y.type.shape));
      const pool = { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] };
      expect(sizeOf(y.type.shape) * 9 * 16).toBeGreaterThan(2 ** 20);
      await check([x, filter, bias], relu(windowMax(biased, pool)), winogradTolerance);
    });

    const numGraphs = name.includes("emulated") ? 25 : 100;
    test(`${numGraphs} random graphs`, { timeout: 300_000 }, async () => {
      const device = deviceOn(() => open(1 << 25), target);
      await fc.assert(
        fc.asyncProperty(recipes, (recipe) => agree(device, recipe)),
        { numRuns: numGraphs, seed: 5, endOnFailure: true },
      );
    });
  });
});
