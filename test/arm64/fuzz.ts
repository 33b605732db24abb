// Random graphs on the native device against the oracle, without a test runner: `node scripts/arm64.mjs fuzz` runs it on
// an emulated system. Arguments: how many graphs, and the seed.
import fc from "fast-check";
import "#entry/install-node.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";
import { agree } from "../fuzz/agree.ts";
import { recipes } from "../fuzz/random-graph.ts";

const [numRuns = 500, seed = Date.now() | 0] = process.argv.slice(2).map(Number);
const device = createNativeDevice({ threads: 2 });
let numDone = 0;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`${device.description}: ${numRuns} random graphs of seed ${seed}`);
await fc.assert(
  fc.asyncProperty(recipes, async (recipe) => {
    await agree(device, recipe);
    numDone += 1;
    if (numDone % 50 === 0) say(`${numDone} graphs agree`);
  }),
  { numRuns, seed },
);
await device.close();
