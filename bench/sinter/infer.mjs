// sinter: inference of the seed CNN, the answer read.
import { emitPerImage, timed } from "../protocol.mjs";
import { batchOf, seedCnn, start } from "./model.mjs";

const { options, name, versions } = await start();
const model = seedCnn();
const { x } = batchOf(options.batch);
const run = async () => (await model.predictOnBatch(x)).data();
emitPerImage(name, options, await timed(run, options.repeats, 3), versions);
process.exit(0);
