// Products and convolutions without Winograd's algorithm against the oracle in float64: windows, strides, borders and tiles
// that do not come out even, fused with what comes before and after.

import { afterAll, expect, test } from "vitest";
import { compileGraph } from "#engine/compile/pipeline.ts";
import type { Node } from "#engine/graph/graph.ts";
import {
  add,
  broadcastTo,
  cast,
  convolve,
  convolveInputGradient,
  dot,
  multiply,
  parameter,
  relu,
  windowMax,
} from "#engine/ops/index.ts";
import { wasmTraits } from "#engine/target/wasm/traits.ts";
import { openDevices } from "./graph-devices.ts";

const devices = openDevices({ winograd: false });
afterAll(() => devices.close());

const f32 = (...shape: number[]): Node => parameter({ dtype: "f32", shape });
const tolerance = 1e-5;

const convolutions = [
  { image: [2, 13, 11, 3], window: [3, 3], outputs: 20, strides: [2, 2], dilation: [1, 1], padding: [1, 1] },
  { image: [1, 30, 29, 3], window: [7, 7], outputs: 64, strides: [2, 2], dilation: [1, 1], padding: [3, 3] },
  { image: [1, 14, 14, 40], window: [3, 3], outputs: 48, strides: [1, 1], dilation: [1, 1], padding: [1, 1] },
  { image: [2, 7, 7, 64], window: [3, 3], outputs: 33, strides: [1, 1], dilation: [1, 1], padding: [1, 1] },
  { image: [2, 9, 15, 24], window: [1, 1], outputs: 24, strides: [2, 2], dilation: [1, 1], padding: [0, 0] },
  { image: [1, 12, 17, 8], window: [5, 3], outputs: 17, strides: [1, 3], dilation: [2, 1], padding: [4, 1] },
  { image: [1, 12, 17, 10], window: [3, 3], outputs: 16, strides: [1, 2], dilation: [1, 3], padding: [0, 5] },
  { image: [1, 3, 4, 5], window: [3, 3], outputs: 9, strides: [1, 1], dilation: [1, 1], padding: [5, 5] },
  { image: [1, 1, 40, 6], window: [1, 5], outputs: 12, strides: [1, 1], dilation: [1, 1], padding: [0, 2] },
  { image: [2, 5, 1, 6], window: [3, 1], outputs: 7, strides: [1, 1], dilation: [1, 1], padding: [1, 0] },
];

test.each(convolutions)("$image by $window to $outputs, $strides, $dilation, $padding", async (size) => {
  const { image, window, outputs, strides, dilation, padding } = size;
  const options = { strides, dilation, low: padding, high: padding, groups: 1 };
  const x = f32(...image);
  const filter = f32(...window, image[3]!, outputs);
  const bias = f32(outputs);
  const y = convolve(x, filter, options);
  const [explanation] = await devices.check(
    [x, filter, bias],
    relu(add(y, broadcastTo(bias, y.type.shape))),
    tolerance,
  );
  expect(explanation).not.toContain("winograd");
  const pixels = parameter({ dtype: "u8", shape: image });
  const scales = f32(image[3]!);
  const scaled = multiply(cast(pixels, "f32"), broadcastTo(scales, image));
  await devices.check([pixels, scales, filter], convolve(scaled, filter, options), tolerance);
  const cotangent = f32(...y.type.shape);
  const gradient = convolveInputGradient(filter, cotangent, { ...options, spatial: image.slice(1, 3) });
  await devices.check([filter, cotangent, x], add(gradient, x), tolerance);
});

test.each([
  { window: [2, 2], image: [2, 14, 18, 6] },
  { window: [3, 2], image: [1, 13, 11, 5] },
  { window: [1, 3], image: [1, 9, 13, 16] },
])("pooled by $window", async ({ window, image }) => {
  const [x, filter] = [f32(...image), f32(3, 3, image[3]!, 24)];
  const pool = { window, strides: window, low: [0, 0], high: [0, 0] };
  await devices.check([x, filter], relu(windowMax(convolve(x, filter), pool)), tolerance);
});

test("a transposed convolution of a stride that no network has", async () => {
  const [filter, cotangent] = [f32(1, 5, 3, 4), f32(1, 1, 3, 4)];
  const options = { dilation: [1, 1], low: [0, 2], high: [0, 2], groups: 1 };
  for (const stride of [64, 65, 500]) {
    const spatial = [1, 2 * stride + 1];
    const y = convolveInputGradient(filter, cotangent, { ...options, strides: [1, stride], spatial });
    await devices.check([filter, cotangent], relu(y), tolerance);
  }
  // What it is made of must not grow with the stride: only compiled.
  const spatial = [1, 2 ** 28 + 1];
  const output = convolveInputGradient(filter, cotangent, { ...options, strides: [1, 2 ** 27], spatial });
  const graph = { parameters: [filter, cotangent], outputs: [output], donations: [-1] };
  const { kernels } = await compileGraph(graph, wasmTraits(false));
  expect(kernels.length).toBeLessThan(4);
});

test("pooled with one channel", async () => {
  const [filter, cotangent] = [f32(3, 3, 1, 2), f32(2, 16, 13, 2)];
  const options = { strides: [3, 2], dilation: [1, 1], low: [0, 0], high: [0, 0], groups: 1, spatial: [48, 27] };
  const pool = { window: [2, 2], strides: [2, 2], low: [0, 0], high: [0, 0] };
  await devices.check(
    [filter, cotangent],
    windowMax(convolveInputGradient(filter, cotangent, options), pool),
    tolerance,
  );
});

test("few rows of several members of a batch, columns that are no whole tiles", async () => {
  const [x, y] = [f32(3, 2, 300), f32(3, 300, 129)];
  const axes = { leftContract: [2], rightContract: [1], leftBatch: [0], rightBatch: [0] };
  await devices.check([x, y], relu(dot(x, y, axes)), tolerance);
});

const products = [
  { rows: 1, depth: 300, columns: 1000 },
  { rows: 2, depth: 300, columns: 129 },
  { rows: 3, depth: 64, columns: 40 },
  { rows: 5, depth: 7, columns: 129 },
  { rows: 13, depth: 33, columns: 24 },
  { rows: 49, depth: 160, columns: 320 },
  { rows: 257, depth: 96, columns: 8 },
  { rows: 64, depth: 1100, columns: 17 },
  { rows: 7, depth: 5000, columns: 3 },
  { rows: 301, depth: 1, columns: 50 },
];

test.each(products)("$rows x $depth x $columns", async ({ rows, depth, columns }) => {
  const [x, weights, bias] = [f32(rows, depth), f32(depth, columns), f32(columns)];
  const y = dot(x, weights, { leftContract: [1], rightContract: [0] });
  await devices.check([x, weights, bias], relu(add(y, broadcastTo(bias, y.type.shape))), tolerance);
});

test.each([
  { batch: [], rows: 70, depth: 3200, columns: 50 },
  { batch: [2], rows: 261, depth: 3104, columns: 8 },
  { batch: [], rows: 7, depth: 7000, columns: 64 },
  { batch: [3], rows: 40, depth: 3104, columns: 16 },
])("$batch x $rows x $depth by $columns: all of the depth is too much for a cache", async (size) => {
  const { batch, rows, depth, columns } = size;
  const [left, right] = [f32(...batch, rows, depth), f32(...batch, depth, columns)];
  const own = batch.map((_, axis) => axis);
  const axes = { leftContract: [batch.length + 1], rightContract: [batch.length], leftBatch: own, rightBatch: own };
  const product = dot(left, right, axes);
  // So many terms round more.
  await devices.check([left, right], product, 2 * tolerance);
  const bias = f32(columns);
  const whole = relu(add(product, broadcastTo(bias, product.type.shape)));
  await devices.check([left, right, bias], whole, 2 * tolerance);
});

test.each([
  { batch: 5, rows: 128, depth: 32, columns: 128 },
  { batch: 1, rows: 6, depth: 100, columns: 256 },
  { batch: 2, rows: 261, depth: 48, columns: 160 },
  { batch: 3, rows: 257, depth: 64, columns: 64 },
])("$batch times $rows x $depth by $columns and nothing else", async ({ batch, rows, depth, columns }) => {
  const [left, right] = [f32(batch, rows, depth), f32(batch, depth, columns)];
  const axes = { leftContract: [2], rightContract: [1], leftBatch: [0], rightBatch: [0] };
  await devices.check([left, right], dot(left, right, axes), tolerance);
});
