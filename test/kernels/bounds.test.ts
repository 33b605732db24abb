// No kernel touches memory outside its buffers, whatever the width of the target's vectors.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteSize, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { compileGraph } from "#engine/compile/pipeline.ts";
import { apply, type Graph } from "#engine/graph/graph.ts";
import {
  broadcastTo,
  concatenate,
  divide,
  parameter,
  primitives,
  reduceSum,
  reshape,
  takeRows,
} from "#engine/ops/index.ts";
import { arm64Traits } from "#engine/target/arm64/traits.ts";
import { wasmTraits } from "#engine/target/wasm/traits.ts";
import { traitsOf } from "#engine/target/x64/traits.ts";
import { buildGraph, recipes } from "../fuzz/random-graph.ts";
import { makeSample } from "../laws/samples.ts";
import { interpret } from "./reference.ts";

const targets = { wasm: wasmTraits(false), avx2: traitsOf("avx2"), avx512: traitsOf("avx512"), arm64: arm64Traits };
const gap = 1 << 16;

/** Runs a graph's kernels by the reference; throws at the first access outside. */
async function checkBounds(graph: Graph, args: readonly HostArray[], target: keyof typeof targets): Promise<void> {
  const traits = targets[target];
  const program = await compileGraph(graph, traits);
  let top = gap;
  const regions: (readonly [start: number, end: number])[] = [];
  const take = (bytes: number): number => {
    const start = top;
    regions.push([start, start + bytes]);
    top += Math.ceil(bytes / gap + 1) * gap;
    return start;
  };
  const slots = [...graph.parameters, ...graph.outputs].map(({ type }) =>
    take(sizeOf(type.shape) * byteSize(type.dtype)),
  );
  graph.donations.forEach((parameterIndex, index) => {
    if (parameterIndex >= 0) slots[graph.parameters.length + index] = slots[parameterIndex]!;
  });
  const arena = take(program.arenaBytes);
  const scratch = take(Math.max(0, ...program.kernels.map(({ scratchBytes }) => scratchBytes)));
  const memory = new ArrayBuffer(top);
  args.forEach((values, index) => {
    new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), slots[index]);
  });
  for (const { kernel: number, buffers } of program.steps) {
    const kernel = program.kernels[number]!;
    const watch = (address: number, bytes: number): void => {
      if (regions.some(([start, end]) => address >= start && address + bytes <= end)) return;
      throw new Error(`${kernel.name} touches ${bytes} bytes at ${address}, outside of ${regions.join("; ")}`);
    };
    const places = buffers.map((slot) => (slot.kind === "argument" ? slots[slot.index]! : arena) + (slot.offset ?? 0));
    interpret(kernel, { memory, buffers: places, scratch, watch }, { lanes: traits.lanes, fused: true });
  }
}

describe.each(["wasm", "avx2", "avx512", "arm64"] as const)("for %s", (target) => {
  const cases = primitives.flatMap((primitive) => primitive.cases.map((one) => ({ primitive, one })));
  test(`the cases of all primitives`, { timeout: 120_000 }, async () => {
    for (const { primitive, one } of cases) {
      const parameters = one.inputs.map((sample) => parameter(sample.type));
      const args = one.inputs.map((sample, index) => makeSample(sample, index + 1));
      const graph = { parameters, outputs: [apply(primitive, parameters, one.attributes)], donations: [-1] };
      await checkBounds(graph, args, target);
    }
  });

  test("rows taken under a guard", async () => {
    const [table, rows, rest] = [[5, 8], [4], [1, 8]].map((shape, index) =>
      parameter({ dtype: index === 1 ? "i32" : "f32", shape }),
    );
    const joined = concatenate([takeRows(table!, rows!), rest!], 0);
    const args = [new Float32Array(40), Int32Array.of(0, 4, 9, -1), new Float32Array(8)];
    await checkBounds({ parameters: [table!, rows!, rest!], outputs: [joined], donations: [-1] }, args, target);
  });

  // The last block of columns holds no whole vector: what the loop over vectors computed is not there in it.
  test("means of taken rows", async () => {
    const [batch, count, rows, width] = [100, 10, 60, 100];
    const table = parameter({ dtype: "f32", shape: [rows, width] });
    const index = parameter({ dtype: "i32", shape: [batch, count] });
    const weights = parameter({ dtype: "f32", shape: [batch] });
    const sum = reshape(reduceSum(takeRows(table, index), [1]), [batch, width]);
    const mean = divide(sum, broadcastTo(reshape(weights, [batch, 1]), [batch, width]));
    const args = [new Float32Array(rows * width), new Int32Array(batch * count), new Float32Array(batch).fill(1)];
    await checkBounds({ parameters: [table, index, weights], outputs: [mean], donations: [-1] }, args, target);
  });

  test("random graphs", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const { graph, args } = buildGraph(recipe);
        await checkBounds(graph, args, target);
        expect(args).toHaveLength(graph.parameters.length);
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});
