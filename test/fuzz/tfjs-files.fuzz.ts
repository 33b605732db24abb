// The long run of damaged files of TensorFlow.js: 10,000 a reader. `npm test` reads 300.

import "#entry/install-node.ts";
import { test } from "vitest";
import { surviveMutations } from "./mutations.ts";
import { tfjsReaders } from "./tfjs-files.ts";

test.each(Object.entries(tfjsReaders))("10,000 damaged files: %s", async (_, reader) => {
  await surviveMutations({ ...reader, count: 10_000, first: 1000 });
});
