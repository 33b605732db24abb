// sinter: a model of the wider suite, one train step or one inference; WORK is MODEL-train-bN or MODEL-infer-bN.
import { emitSteps, parseWork, timedFor } from "../protocol.mjs";
import { start } from "./model.mjs";
import { makeBatch, makeModel } from "./models/index.mjs";

const { options, name, versions } = await start();
const work = parseWork(options.work);
const model = makeModel(work.model);
const { x, y } = makeBatch(work.model, work.batch);

async function infer() {
  const output = await model.predictOnBatch(x);
  await output.data();
  output.dispose();
}

const run = work.mode === "train" ? () => model.trainOnBatch(x, y) : infer;
emitSteps(name, options, await timedFor(run, options.repeats), versions);
process.exit(0);
