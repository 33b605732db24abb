// The long run of damaged files of Keras's: 10,000 models, 10,000 bare HDF5 files. `npm test` runs 300 of each.

import { test } from "vitest";
import "#entry/node.ts";
import { kerasReader } from "./keras-seeds.ts";
import { surviveMutations } from "./mutations.ts";

test("10,000 damaged files of Keras's", async () => {
  await surviveMutations({ ...kerasReader, count: 10_000, first: 1000 });
});
