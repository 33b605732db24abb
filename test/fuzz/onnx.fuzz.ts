// The long run of damaged ONNX files: 10,000 are read, 10,000 read and run, 10,000 damaged behind
// the decoder and run, and a hundred of the large real ones, also from disk
// with their weights straight into the device's memory. `npm test` reads and runs 300.
// npm run fuzz -- onnx.fuzz | grep '^|'

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, test } from "vitest";
import "#entry/install-node.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { loadOnnx } from "#learning/formats/onnx/load.ts";
import { longRun } from "./long-run.ts";
import { graphDamager, onnxRunner, onnxSeeds, readOnnx } from "./onnx-files.ts";
import { realFiles } from "./real-files.ts";

/** Models of ONNX's own suite. */
const suite = realFiles(/^onnx-1\.17\/.*\/model\.onnx$/);

beforeAll(() => useDevice("js"));

test("10,000 damaged ONNX files", async () => {
  const real = realFiles(/^onnx-(?:1\.17|models)\/.*\.onnx$/);
  await longRun("ONNX", { seeds: onnxSeeds, read: readOnnx }, real);
});

test("10,000 damaged ONNX files are run", async () => {
  await longRun("ONNX, run", onnxRunner, suite);
});

test("10,000 damaged graphs are run", async () => {
  await longRun("ONNX, graphs run", graphDamager, suite);
});

test("10,000 damaged ONNX files from disk", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sinter-fuzz-"));
  const path = join(folder, "model.onnx");
  const read = (bytes: Uint8Array): unknown => {
    writeFileSync(path, bytes);
    return loadOnnx(path);
  };
  try {
    await longRun("ONNX, from disk", { seeds: onnxSeeds, read }, realFiles(/^onnx-models\/.*\.onnx$/));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
