// Winograd's algorithm against the oracle in float64: plain, padded, pooled, odd sizes, and the input's gradient.

import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import type { Node } from "#engine/graph/graph.ts";
import {
  add,
  broadcastTo,
  convolve,
  convolveInputGradient,
  parameter,
  relu,
  slice,
  windowMax,
} from "#engine/ops/index.ts";
import { DeviceQueue } from "#engine/runtime/queue.ts";
import { createWasmDevice } from "#engine/runtime/wasm-device.ts";
import { interpret } from "#engine/target/js/interpreter.ts";
import { errorOf } from "./compare.ts";
import { makeSample } from "./samples.ts";
import { winogradTolerance } from "../tolerances.ts";

const queue = new DeviceQueue(createWasmDevice({ threads: 2 }));
afterAll(() => queue.device.close());

async function check(parameters: readonly Node[], output: Node): Promise<void> {
  const args = parameters.map((node, index) => makeSample({ kind: "normal", type: node.type }, index + 1));
  const graph = { parameters, outputs: [output], donations: [-1] };
  const [oracle] = interpret(graph, args, { precision: "f64" });
  const program = { graph, finish: () => graph, executable: undefined };
  const [result] = queue.call(
    program,
    parameters.map((node, index) => queue.upload(node.type, args[index]!)),
  );
  expect(errorOf(await queue.download(result!), oracle!, "f32")).toBeLessThan(winogradTolerance);
  expect(await (await queue.compile(program)).explain()).toContain("winograd");
}

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });

test.each([
  { batch: 1, height: 26, width: 30, inputs: 16, outputs: 24, padding: 0 },
  { batch: 2, height: 27, width: 31, inputs: 16, outputs: 16, padding: 1 },
  { batch: 1, height: 14, width: 14, inputs: 64, outputs: 72, padding: 1 },
  { batch: 2, height: 10, width: 13, inputs: 40, outputs: 104, padding: 2 },
])("$batch x $height x $width x $inputs to $outputs, padding $padding", async (size) => {
  const { batch, height, width, inputs, outputs, padding } = size;
  const pad = [padding, padding];
  const options = { strides: [1, 1], low: pad, high: pad, dilation: [1, 1], groups: 1 };
  const x = f32(batch, height, width, inputs);
  const filter = f32(3, 3, inputs, outputs);
  const bias = f32(outputs);
  const y = convolve(x, filter, options);
  const biased = add(y, broadcastTo(bias, y.type.shape));
  await check([x, filter, bias], relu(biased));
  const window = { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] };
  await check([x, filter, bias], relu(windowMax(biased, window)));
  const wide = f32(batch, height, width, 2 * inputs);
  const half = slice(wide, [0, 0, 0, inputs], wide.type.shape);
  await check([wide, filter], convolve(half, filter, options));
  const cotangent = f32(...y.type.shape);
  await check([filter, cotangent], convolveInputGradient(filter, cotangent, { ...options, spatial: [height, width] }));
});
