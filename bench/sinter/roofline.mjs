// sinter: what the roofline picture needs, one line of JSON. WORK is `roof`: the rates of a large matrix product and of a
// copy; or a work of the benchmarks: what each of its kernels computes, moves and takes, without the warm-up.
import { jit, tensor } from "sinter";
import { emit, numbers, parseWork, timed } from "../protocol.mjs";
import { batchOf, seedCnn, start } from "./model.mjs";
import { makeBatch, makeModel } from "./models/index.mjs";

const numWarmups = 2;

/** The best of several runs in milliseconds, the result dropped. */
async function best(action, ...inputs) {
  // Nothing is read back: the copy to JavaScript would count. The next call of this device waits for the last.
  const run = async () => {
    const { last, result } = action(...inputs);
    await last.data();
    result.dispose();
    last.dispose();
  };
  return Math.min(...(await timed(run, 20, 3)));
}

async function roof() {
  const size = 1024;
  const square = () => tensor(numbers(size * size), { shape: [size, size] });
  const product = jit((a, b) => {
    const result = a.matMul(b);
    return { result, last: result.slice([0, 0], [1, 1]) };
  });
  const numElements = 2 ** 26;
  const copy = jit((x) => {
    const result = x.add(1);
    return { result, last: result.slice([0], [1]) };
  });
  const productMs = await best(product, square(), square());
  const copyMs = await best(copy, tensor(new Float32Array(numElements)));
  return { gflops: (2 * size ** 3) / productMs / 1e6, gigabytes: (8 * numElements) / copyMs / 1e6 };
}

/** The table of `explain`: how often it ran, and for each kernel its Mflop, MB and the milliseconds of all runs. */
function read(text) {
  const [, runs] = /mean of (\d+)/.exec(text) ?? [];
  const [, head, ...rows] = text.split("\n");
  const nameAt = head.indexOf("kernel");
  const kernels = rows.map((row) => {
    const [, mflop, megabytes, , ms] = row.trim().split(/\s+/).map(Number);
    return { name: row.slice(nameAt), mflop, megabytes, ms: ms * Number(runs) };
  });
  return { numRuns: Number(runs), kernels };
}

async function kernelsOf(work, numRepeats) {
  const { model: name, mode, batch } = work.includes("-") ? parseWork(work) : { mode: work, batch: 32 };
  const model = name === undefined ? seedCnn() : makeModel(name);
  const { x, y } = name === undefined ? batchOf(batch) : makeBatch(name, batch);
  const run = mode === "train" ? () => model.trainOnBatch(x, y) : async () => (await model.predictOnBatch(x)).dispose();
  const explain = async () => read(await (mode === "train" ? model.explain(x, y) : model.explain(x)));
  await timed(run, 0, numWarmups);
  const before = await explain();
  await timed(run, numRepeats, 0);
  const after = await explain();
  const numRuns = after.numRuns - before.numRuns;
  return after.kernels.map((kernel, index) => ({ ...kernel, ms: (kernel.ms - before.kernels[index].ms) / numRuns }));
}

const { options, name, versions } = await start({ profile: true });
const { work, repeats } = options;
emit({ name, work, ...(work === "roof" ? await roof() : { kernels: await kernelsOf(work, repeats) }), versions });
process.exit(0);
