// Whether the real TensorBoard shows what sinter writes: trains three small classifiers with callbacks.tensorBoard, writes 10,000
// events of all kinds, lets TensorBoard's own reader read all of them (scripts/tensorboard_reader.py), and takes pictures of its tabs.
// Run: python3 -m venv .peers/tensorboard; .peers/tensorboard/bin/pip install tensorboard==2.21.0; npm run build;
// node scripts/tensorboard.mjs [--pictures FOLDER]
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { callbacks, layers, sequential } from "sinter";
import { fromArrays } from "sinter/data";
import { EventWriter } from "sinter/formats";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, ".peers", "tensorboard", "bin");
const { values: options } = parseArgs({ options: { pictures: { type: "string" } } });
const numEvents = 10_000;
const side = 12;

/** Pictures of a bright disc or a bright cross, with noise; `x` [n, side, side, 1], `y` [n, 1]. */
function shapes(count) {
  const x = new Float32Array(count * side * side);
  const y = new Float32Array(count);
  let state = 7;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  for (let sample = 0; sample < count; sample += 1) {
    y[sample] = sample % 2;
    const [row, column] = [4 + 4 * random(), 4 + 4 * random()];
    for (let at = 0; at < side * side; at += 1) {
      const [dy, dx] = [Math.floor(at / side) - row, (at % side) - column];
      const isOn = y[sample] === 1 ? dx * dx + dy * dy < 8 : Math.min(Math.abs(dx), Math.abs(dy)) < 0.8;
      x[sample * side * side + at] = (isOn ? 0.6 : 0.2) + 0.4 * random();
    }
  }
  return {
    x: { data: x, shape: [count, side, side, 1], dtype: "f32" },
    y: { data: y, shape: [count, 1], dtype: "f32" },
  };
}

/** One run with its hyperparameters, and what only a person's own code writes. */
async function trainRun(folder, { filters, learningRate, optimizer }) {
  const train = shapes(256);
  const test = shapes(128);
  const model = sequential([
    layers.conv2d({ filters, kernelSize: 3, activation: "relu", inputShape: [side, side, 1] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 16, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
  model.compile({ optimizer, learningRate, loss: "binaryCrossentropy", metrics: ["accuracy"] });
  const board = callbacks.tensorBoard({
    logDir: folder,
    histogramFreq: 1,
    writeImages: true,
    updateFreq: 4,
    writeStepsPerSecond: true,
    hyperparameters: { filters, learningRate, optimizer },
  });
  const validationData = fromArrays(test.x, test.y, { batchSize: 32, shuffle: false });
  const data = fromArrays(train.x, train.y, { batchSize: 16, seed: 1 });
  const { history } = await model.fit(data, { epochs: 8, validationData, verbose: 0, callbacks: [board] });
  const predictions = await (await model.predict(validationData, { verbose: 0 })).data();
  const writer = new EventWriter(join(folder, "validation"));
  await writer.prCurve("discs", { labels: test.y.data, predictions }, 7);
  const grey = (index) =>
    Uint8Array.from(test.x.data.subarray(index * side * side, (index + 1) * side * side), (v) => v * 255);
  const pictures = [0, 1, 2].map((index) => ({ width: side, height: side, channels: 1, data: grey(index) }));
  await writer.images("samples", pictures, 7);
  await writer.text("notes", `**${optimizer}** with ${filters} filters\n\n| a | b |\n|---|---|\n| 1 | 2 |`, 0);
  await writer.flush();
  return history.valLoss.at(-1);
}

/** Many events of every kind in one file. */
async function writeMany(folder) {
  const writer = new EventWriter(folder);
  const values = Float64Array.from({ length: 64 }, (_, index) => Math.sin(index));
  const labels = Array.from({ length: 64 }, (_, index) => index % 2);
  const picture = { width: 4, height: 4, channels: 3, data: new Uint8Array(48).fill(90) };
  await writer.graph([{ name: "input", op: "Placeholder", inputs: [], outputShapes: [[-1, 2]] }]);
  await writer.hyperparameters({ units: 4, deep: true, name: "x" });
  const hyperparameters = [
    { name: "units", type: "number", range: [1, 8] },
    { name: "name", type: "string", values: ["x", "y"] },
  ];
  await writer.write([{ kind: "experiment", hyperparameters, metrics: [{ tag: "many/scalar" }], timeCreated: 1 }], 0);
  for (let step = 0; step < numEvents - 4; step += 1) {
    if (step % 5 === 0) await writer.histogram("many/histogram", values, step);
    else if (step % 5 === 1) await writer.text("many/text", `step ${step}`, step);
    else if (step % 5 === 2)
      await writer.prCurve("many/curve", { labels, predictions: values.map(Math.abs), numThresholds: 11 }, step);
    else if (step % 5 === 3) await writer.images("many/images", [picture], step);
    else await writer.scalar("many/scalar", 1 / (step + 1), step);
  }
  await writer.flush();
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Pictures of TensorBoard's tabs. */
async function photograph(logs, folder) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const server = spawn(
    join(bin, "python"),
    [join(bin, "tensorboard"), "--logdir", logs, "--port", `${port}`, "--host", "127.0.0.1"],
    {
      stdio: "ignore",
    },
  );
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const home = `http://127.0.0.1:${port}/`;
    for (let tried = 0; ; tried += 1) {
      const answer = await fetch(`${home}data/runs`).catch(() => undefined);
      const runs = answer?.ok === true ? await answer.json() : [];
      if (runs.length >= 9) break;
      if (tried > 100) throw new Error(`TensorBoard knows ${runs.length} runs`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (const tab of [
      "timeseries",
      "scalars",
      "images",
      "graphs",
      "distributions",
      "histograms",
      "text",
      "pr_curves",
      "hparams",
    ]) {
      await page.goto(`${home}#${tab}`);
      await page.reload();
      await page.waitForTimeout(6000);
      await page.screenshot({ path: join(folder, `${tab}.png`) });
    }
  } finally {
    await browser.close();
    server.kill();
  }
}

const folder = mkdtempSync(join(tmpdir(), "sinter-tensorboard-"));
try {
  const logs = join(folder, "logs");
  const plans = [
    { filters: 4, learningRate: 0.01, optimizer: "adam" },
    { filters: 8, learningRate: 0.003, optimizer: "adam" },
    { filters: 8, learningRate: 0.05, optimizer: "sgd" },
  ];
  const ends = [];
  for (const [index, plan] of plans.entries()) ends.push(await trainRun(join(logs, `run-${index + 1}`), plan));
  await writeMany(join(folder, "many"));
  const read = JSON.parse(
    execFileSync(join(bin, "python"), [join(root, "scripts", "tensorboard_reader.py"), folder], { encoding: "utf8" }),
  );
  const wrong = ends.flatMap((end, index) => {
    const last = read.tags[join("logs", `run-${index + 1}`, "validation")]?.last.epoch_loss;
    return last === Math.fround(end) ? [] : [`run ${index + 1} ended with ${end}, TensorBoard reads ${last}`];
  });
  if (read.numEvents < numEvents) wrong.push(`${read.numEvents} events were read`);
  console.log(
    `TensorBoard ${read.tensorboard} read ${read.numEvents} events: ${JSON.stringify({ ...read.content, ...read.plugins })}`,
  );
  if (options.pictures !== undefined && existsSync("/usr/bin/chromium")) await photograph(logs, options.pictures);
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
