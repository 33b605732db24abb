// Files of other libraries in a real browser: safetensors, NumPy's arrays, ONNX models of every kind of operator. All come over
// the network, since a page has no files of its own.

import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeNpz } from "#learning/formats/npy.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import {
  bundlePage,
  launchChromium,
  runInPage,
  scriptPage,
  servePage,
  skipNote,
  whyNoBrowser,
  type PageServer,
} from "./chromium.ts";
import type { FormatsRun } from "./formats-page.ts";

const weights: readonly (readonly [string, StoredTensor])[] = [
  ["kernel", { dtype: "f32", shape: [2, 2], data: Float32Array.of(1.5, -0, 3e38, 1e-45) }],
  ["steps", { dtype: "i32", shape: [], data: Int32Array.of(-7) }],
  ["mask", { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ["half", { dtype: "f16", shape: [1], data: Uint16Array.of(0x3c00) }],
];
const expected = Object.fromEntries(
  weights.map(([name, { dtype, shape, data }]) => [
    name,
    { dtype, shape, values: name === "half" ? [1] : Array.from(data) },
  ]),
);
const golden = (name: string): string => readFileSync(`test/golden/${name}`, "utf8");

const arrays = (JSON.parse(golden("arrays.json")) as { cases: { name: string; shape: number[]; values: number[] }[] })
  .cases;
/** Of ONNX's own suite: products, windows, recurrence, normalization, a branch, a loop. */
const cases = [
  "basic_conv_with_padding",
  "convtranspose_pad",
  "gemm_beta",
  "gru_defaults",
  "lstm_with_peepholes",
  "layer_normalization_default_axis",
  "softmax_axis_0",
  "gathernd_example_int32",
  "where_long_example",
  "if",
  "loop11",
];

describe.skipIf(whyNoBrowser !== undefined)(`formats in a page${skipNote}`, () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    const files = new Map([
      ...scriptPage(await bundlePage("test/browser/formats-page.ts")),
      ["model.safetensors", encodeSafetensors(weights)],
      ["arrays.npz", encodeNpz(weights, { compress: true })],
      ["arrays.json", golden("arrays.json")],
      ["onnx-cases.json", golden("onnx-cases.json")],
    ]);
    server = await servePage(files);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(["isolated", "plain"] as const)("%s", { timeout: 120_000 }, async (setting) => {
    const found = await runInPage<FormatsRun>(browser, server.addressOf(setting), cases);
    expect(found.device).toBe("wasm");
    expect(found.safetensors).toEqual(expected);
    expect(found.npz).toEqual(expected);
    for (const { name, shape, values } of arrays) expect(found.arrays[name], name).toMatchObject({ shape, values });
    expect(Object.keys(found.cases)).toEqual(cases);
    for (const [name, difference] of Object.entries(found.cases)) expect(difference, name).toBeLessThan(1e-5);
    const [path = "", model = "", cut = "", other = ""] = found.refusals;
    expect(path).toMatch(/a page has no files. Give bytes/);
    expect(model).toMatch(/a page has no files. Give bytes/);
    expect(cut).toMatch(/is damaged or is something else/);
    expect(other).toMatch(/is no zip/);
  });
});
