// sinter: one train step of the seed CNN, its loss read after each.
import { emitPerImage, timed } from "../protocol.mjs";
import { batchOf, seedCnn, start } from "./model.mjs";

const { options, name, versions } = await start();
const model = seedCnn();
const { x, y } = batchOf(options.batch);
emitPerImage(name, options, await timed(() => model.trainOnBatch(x, y), options.repeats, 3), versions);
process.exit(0);
