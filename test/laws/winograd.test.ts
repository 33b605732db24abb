// Winograd's algorithm against the oracle in float64: plain, padded, pooled, odd sizes, and the gradients.

import { afterAll, expect, test } from "vitest";
import "#entry/install-node.ts";
import type { Node } from "#engine/graph/graph.ts";
import {
  add,
  broadcastTo,
  cast,
  convolve,
  convolveFilterGradient,
  convolveInputGradient,
  multiply,
  parameter,
  relu,
  slice,
  windowMax,
} from "#engine/ops/index.ts";
import { openDevices } from "./graph-devices.ts";
import { winogradTolerance } from "../tolerances.ts";

/** Channels that fill the panels of every machine's vectors, so that native code surely takes the algorithm. */
const widestPanel = 32;

const devices = openDevices();
afterAll(() => devices.close());

async function check(parameters: readonly Node[], output: Node): Promise<void> {
  const explanations = await devices.check(parameters, output, winogradTolerance);
  const isWide = parameters.every(({ type }) => (type.shape.at(-1) ?? 0) % widestPanel === 0);
  explanations.forEach((explanation, index) => {
    if (index === 0 || isWide) expect(explanation).toContain("winograd");
  });
}

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });

test.each([
  { batch: 1, height: 26, width: 30, inputs: 16, outputs: 24, padding: 0 },
  { batch: 2, height: 27, width: 31, inputs: 16, outputs: 16, padding: 1 },
  { batch: 2, height: 14, width: 14, inputs: 64, outputs: 72, padding: 1 },
  { batch: 3, height: 10, width: 13, inputs: 40, outputs: 104, padding: 2 },
  { batch: 4, height: 11, width: 9, inputs: 32, outputs: 64, padding: 1 },
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

test.each([
  { batch: 1, height: 26, width: 30, inputs: 16, outputs: 24, low: 0, high: 0 },
  { batch: 3, height: 17, width: 19, inputs: 32, outputs: 64, low: 1, high: 1 },
  { batch: 2, height: 9, width: 14, inputs: 64, outputs: 32, low: 2, high: 0 },
  { batch: 4, height: 34, width: 34, inputs: 16, outputs: 32, low: 0, high: 1 },
  { batch: 2, height: 12, width: 13, inputs: 128, outputs: 128, low: 1, high: 1 },
  { batch: 4, height: 7, width: 8, inputs: 96, outputs: 160, low: 1, high: 1 },
  { batch: 3, height: 8, width: 9, inputs: 104, outputs: 40, low: 1, high: 1 },
])("the filter's gradient of $batch x $height x $width x $inputs to $outputs, padding $low, $high", async (size) => {
  const { batch, height, width, inputs, outputs, low, high } = size;
  const options = { low: [low, low], high: [high, high], kernel: [3, 3] };
  const x = f32(batch, height, width, inputs);
  const total = low + high - 2;
  const cotangent = f32(batch, height + total, width + total, outputs);
  await check([x, cotangent], convolveFilterGradient(x, cotangent, options));
  const pixels = parameter({ dtype: "u8", shape: x.type.shape });
  const factor = f32(...cotangent.type.shape);
  const fused = convolveFilterGradient(cast(pixels, "f32"), multiply(cotangent, relu(factor)), options);
  const filter = f32(3, 3, inputs, outputs);
  await check([pixels, cotangent, factor, filter], add(filter, fused));
});
