// The long run of damaged files of Keras's: 10,000 models, 10,000 bare HDF5 files, a hundred of a real one. `npm test` runs 300
// of each.
// npm run fuzz -- keras.fuzz | grep '^|'

import { test } from "vitest";
import "#entry/node.ts";
import { hdf5Reader, kerasReader } from "./keras-seeds.ts";
import { longRun } from "./long-run.ts";
import { realFiles } from "./real-files.ts";

test("10,000 damaged files of Keras's", async () => {
  await longRun("Keras", kerasReader);
});

test("10,000 damaged HDF5 files", async () => {
  await longRun("HDF5", hdf5Reader, realFiles(/\.hdf5$/));
});
