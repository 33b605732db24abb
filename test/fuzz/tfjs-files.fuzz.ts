// The long run of damaged files of TensorFlow.js: 10,000 a reader, graph-models are also run, and those of real models in .data.
// `npm test` reads 300.
// npm run fuzz -- tfjs-files.fuzz | grep '^|'

import "#entry/install-node.ts";
import { beforeAll, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { longRun } from "./long-run.ts";
import { tfjsReaders, tfjsReal } from "./tfjs-files.ts";

beforeAll(() => useDevice("js"));

test.each(Object.entries(tfjsReaders))("10,000 damaged files: %s", async (name, reader) => {
  await longRun(`TensorFlow.js: ${name}`, reader);
});

test.each(Object.entries(tfjsReal))("10,000 damaged real files: %s", async (name, { reader, files }) => {
  if (files.absent === undefined) await longRun(`TensorFlow.js: ${name}`, { ...reader, seeds: new Map() }, files);
  else process.stdout.write(`TensorFlow.js: ${name}: ${files.absent}\n`);
});
