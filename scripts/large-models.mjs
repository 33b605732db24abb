// What large models take: more than 4 GiB of weights and of intermediate values on the native device, a sharded folder read to
// it, and one step of training of a decoder of GPT-2's size. Each task has a process of its own; figures are GiB.
// Run: npm run build; node scripts/large-models.mjs [TASK …]      tasks: weights arena shards blocks gpt2 again
import { execFileSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const gib = (bytes) => (bytes / 2 ** 30).toFixed(2);

/** A number of this process's memory by its name in the system's table: VmRSS now, VmHWM the most so far. */
function memory(name) {
  return Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

function check(what, value, expected, bound) {
  if (Math.abs(value - expected) <= bound) return;
  throw new Error(`${what}: ${value}, expected ${expected}`);
}

/** Four tensors of 1.5 GiB, used together. */
async function weights() {
  const { arange, currentDevice, jit, tensor, useDevice } = await import("sinter/engine");
  await useDevice("native");
  const rows = 384;
  const make = jit((first) =>
    arange(2 ** 20)
      .mul(2 ** -20)
      .add(arange(rows).expandDims(1))
      .add(first),
  );
  const all = [0, 1000, 2000, 3000].map((first) => make(tensor([first])));
  // Of each the mean of rows, so that rounding stays small.
  const means = await jit((...some) => some.reduce((sum, one) => sum.add(one)).mean(1))(...all).data();
  means.forEach((mean, row) => check(`row ${row}`, mean, 6000 + 4 * (row + 0.5), 0.05));
  console.log(
    `weights: 4 tensors of 1.5 GiB added: right; live ${gib(currentDevice().liveBytes)}, peak RSS ${gib(memory("VmHWM"))}`,
  );
}

/** A program whose intermediate values of 1.5 GiB live at the same time. */
async function arena() {
  const { arange, jit, tensor, useDevice } = await import("sinter/engine");
  await useDevice("native");
  const body = jit((first) => {
    const x = arange(2 ** 20)
      .mul(2 ** -20)
      .add(arange(384).expandDims(1))
      .add(first)
      .mul(1e-3); // [384, 2 ** 20]
    // Sums along one axis, then along the other: each value is stored until they are there. The rest cancels out.
    const parts = [1, 2].map((factor) =>
      x
        .mul(factor)
        .exp()
        .log()
        .sub(x.mul(factor).mean(0, { keepDims: true })),
    );
    const centred = parts.map((part) => part.sub(part.max(0, { keepDims: true })).sub(part.min(1, { keepDims: true })));
    return centred.reduce((sum, one) => sum.add(one)).mean(1);
  });
  const text = await body.explain(tensor([0.5]));
  const values = await body(tensor([0.5])).data();
  values.forEach((value, row) => check(`row ${row}`, value, -191.5e-3 * 3, 1e-4));
  console.log(`arena: ${text.split("\n")[0]}; right, peak RSS ${gib(memory("VmHWM"))}`);
}

/** A folder of two files, 5 GB of bf16 together, sparse. */
async function shards() {
  const { currentDevice, useDevice } = await import("sinter/engine");
  const { loadSafetensors } = await import("sinter/formats");
  await useDevice("native");
  const folder = mkdtempSync(join(tmpdir(), "sinter-shards-"));
  try {
    const map = {};
    const perFile = 10;
    const shape = [8192, 15_360];
    const bytes = 2 * shape[0] * shape[1];
    for (const file of ["model-1.safetensors", "model-2.safetensors"]) {
      const header = {};
      for (let index = 0; index < perFile; index += 1) {
        const name = `${file}.${index}`;
        map[name] = file;
        header[name] = { dtype: "BF16", shape, data_offsets: [index * bytes, (index + 1) * bytes] };
      }
      const json = Buffer.from(JSON.stringify(header));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(json.length));
      const opened = openSync(join(folder, file), "w");
      writeSync(opened, Buffer.concat([size, json]));
      ftruncateSync(opened, 8 + json.length + perFile * bytes);
      closeSync(opened);
    }
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    const before = memory("VmRSS");
    const started = performance.now();
    const tensors = await loadSafetensors(folder);
    const seconds = (performance.now() - started) / 1000;
    const live = currentDevice().liveBytes;
    console.log(
      `shards: ${tensors.size} tensors, ${gib(live)} on the device in ${seconds.toFixed(1)} s; peak RSS beyond them ` +
        gib(memory("VmHWM") - before - live),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One step of Adam of a decoder of 124 M weights on 512 tokens, kept and computed again; the second step counts. */
async function gpt2(recompute) {
  const { currentDevice, gpt2: build, losses, useDevice } = await import("sinter");
  await useDevice("native");
  const net = build({ inputLength: 512 });
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  net.compile({ optimizer: "adam", learningRate: 1e-4, loss, recompute });
  const row = (step) => [Array.from({ length: 512 }, (_, place) => (place * step) % 50_257)];
  const [x, y] = [row(7919), row(104_729)];
  const arena = /arena ([\d.]+) MiB/.exec(await net.explain(x, y))?.[1];
  await net.trainOnBatch(x, y);
  const started = performance.now();
  const { loss: value } = await net.trainOnBatch(x, y);
  const seconds = (performance.now() - started) / 1000;
  const numWeights = net.network.weights.reduce(
    (sum, { shape }) => sum + shape.reduce((size, one) => size * one, 1),
    0,
  );
  console.log(
    `gpt2${recompute ? " computed again" : ""}: ${numWeights} weights ${gib(4 * numWeights)}, with moments ` +
      `${gib(currentDevice().liveBytes)} on the device, arena ${gib(arena * 2 ** 20)}, peak RSS ${gib(memory("VmHWM"))}; ` +
      `${seconds.toFixed(1)} s, loss ${value.toFixed(3)}`,
  );
}

/** A dense layer of 2048 x 5632: its memory, and its time beside the one of f32, one thread. */
async function blocks() {
  const { currentDevice, layers, quantizeWeights, sequential, tensor, useDevice } = await import("sinter");
  await useDevice("native", { threads: 1 });
  const built = ["f32", "q8_0", "q4_0"].map((kind) => {
    const net = sequential([layers.dense({ units: 5632, inputShape: [2048] })]);
    return { kind, net: kind === "f32" ? net : quantizeWeights(net, { kind }) };
  });
  for (const rows of [1, 4, 64]) {
    const x = tensor(
      Float32Array.from({ length: rows * 2048 }, (_, place) => Math.sin(place)),
      { shape: [rows, 2048] },
    );
    const times = built.map(() => [Infinity]);
    for (let round = 0; round < 40 * built.length; round += 1) {
      const started = performance.now();
      const y = await built[round % built.length].net.predictOnBatch(x);
      await y.data();
      times[round % built.length].push(performance.now() - started);
    }
    const least = times.map((all) => Math.min(...all));
    const texts = built.map(({ kind }, place) => {
      return `${kind} ${least[place].toFixed(2)} ms (${(least[place] / least[0]).toFixed(2)})`;
    });
    console.log(`blocks: ${rows} x 2048 · 2048 x 5632: ${texts.join(", ")}`);
  }
  console.log(`blocks: all three with what is prepared ${gib(currentDevice().liveBytes)}`);
}

const tasks = { weights, arena, shards, blocks, gpt2: () => gpt2(false), again: () => gpt2(true) };
const [first, ...others] = process.argv.slice(2);
if (first === "--task") {
  await tasks[others[0]]();
  process.exit(0);
}
for (const task of first === undefined ? Object.keys(tasks) : [first, ...others]) {
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--task", task], { stdio: "inherit" });
}
