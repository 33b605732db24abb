// sinter: the first train step of the seed CNN beside later ones. Trace and compile is what the first takes more; where the model can
// explain its step before it runs, that is timed instead, and the first step's run alone is compared with a later one.
import { emit, median, timed } from "../protocol.mjs";
import { batchOf, seedCnn, start } from "./model.mjs";

const { options, name, versions } = await start();
const model = seedCnn();
const { x, y } = batchOf(options.batch);
// Weights and batch are written before the clock starts.
await Promise.all([x.data(), y.data()]);

const once = async (action) => (await timed(action, 1, 0))[0];
const explainMs = model.explain === undefined ? undefined : await once(() => model.explain(x, y));
const firstStepMs = await once(() => model.trainOnBatch(x, y));
const laterStepMs = median(await timed(() => model.trainOnBatch(x, y), Math.max(5, options.repeats), 2));
const ms = explainMs ?? firstStepMs - laterStepMs;
emit({ name, work: options.work, ms, firstStepMs, laterStepMs, firstStepRatio: firstStepMs / laterStepMs, versions });
process.exit(0);
