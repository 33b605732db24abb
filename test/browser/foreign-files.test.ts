// A file of Keras and a layers-model of TensorFlow.js in a real browser: their own numbers, with threads and without.

import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readArchive } from "#learning/formats/archive.ts";
import {
  bundlePage,
  launchChromium,
  runInPage,
  scriptPage,
  servePage,
  settings,
  skipNote,
  whyNoBrowser,
  type PageServer,
} from "./chromium.ts";
import type { Predictions } from "./foreign-files-page.ts";
import { distance, goldenValues, type GoldenTensor } from "../golden/golden.ts";
import tfjs from "../golden/tfjs/layers.json" with { type: "json" };

interface KerasCase {
  readonly inputs: readonly [GoldenTensor];
  readonly outputs: readonly [GoldenTensor];
}

const archive = readArchive(readFileSync(new URL("../golden/keras-files.zip", import.meta.url)));
const entry = (name: string): Uint8Array => archive.get(name)?.read() ?? new Uint8Array();
const { cases }: { readonly cases: { readonly pictures: KerasCase } } = JSON.parse(
  new TextDecoder().decode(entry("cases.json")),
);
const { pictures } = cases;
const [ofTfjs] = Object.values(tfjs.cases);
const floats = (base64 = ""): number[] =>
  Array.from(new Float32Array(new Uint8Array(Buffer.from(base64, "base64")).buffer));

describe.skipIf(whyNoBrowser !== undefined)(`other libraries' files in a page${skipNote}`, () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    const files = scriptPage(await bundlePage("test/browser/foreign-files-page.ts"));
    server = await servePage(
      new Map<string, string | Uint8Array>([
        ...files,
        ["keras.keras", entry("pictures.keras")],
        ["model.json", JSON.stringify(ofTfjs?.description)],
        ["weights.bin", new Uint8Array(Buffer.from(ofTfjs?.weights ?? "", "base64"))],
      ]),
    );
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test.each(settings)("%s: Keras's and TensorFlow.js's numbers", async (setting) => {
    const found = await runInPage<Predictions>(browser, server.addressOf(setting), {
      keras: { shape: pictures.inputs[0].shape, values: Array.from(goldenValues(pictures.inputs[0])) },
      tfjs: { shape: ofTfjs?.input.shape, values: floats(ofTfjs?.input.base64) },
    });
    expect(distance(found.keras, goldenValues(pictures.outputs[0]))).toBeLessThan(1e-5);
    expect(distance(found.tfjs, floats(ofTfjs?.output.base64))).toBeLessThan(1e-5);
  });
});
