// sinter: how heap and resident memory grow over 1,000 train steps (a smaller batch, so that it ends), after the first 1,000:
// until then V8 widens its young generation once, by 15 MiB; from there to step 8,000 nothing grew.
import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { emit } from "../protocol.mjs";
import { batchOf, seedCnn, start } from "./model.mjs";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

const { options, name, versions } = await start();
const model = seedCnn();
const numSteps = 1000;
const numWarmup = 1000;

async function train(steps) {
  for (let step = 0; step < steps; step++) {
    const { x, y } = batchOf(4);
    await model.trainOnBatch(x, y);
  }
}

/** MiB of heap and of the process, after a full collection. */
function use() {
  collect();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return { heap: (heapUsed + external + arrayBuffers) / 2 ** 20, rss: rss / 2 ** 20 };
}

await train(numWarmup);
const before = use();
await train(numSteps);
const after = use();
const heapMib = ((after.heap - before.heap) * 100) / numSteps;
const rssMib = ((after.rss - before.rss) * 100) / numSteps;
emit({ name, work: options.work, mib: Math.max(heapMib, rssMib), heapMib, rssMib, before, after, versions });
process.exit(0);
