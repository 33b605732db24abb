// A model of GPT-2's size (124 M weights from the formula of scripts/golden) beside transformers on PyTorch: loss and gradients of
// a training step of 512 tokens to 1e-4 of their scale, the memory of a whole step with Adam, and the speed of greedy generation with
// a cache (64 + 128 tokens), in interleaved runs.
// Run: node scripts/peers.mjs; npm run build; node scripts/gpt2-size.mjs [step] [memory] [speed] [--rounds 5] [--threads 2]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  generateTokens,
  gpt2,
  jit,
  losses,
  lossValue,
  networkFunction,
  nextLogits,
  tensor,
  valueAndGrad,
} from "sinter";
import { closeDevice, currentDevice, useDevice } from "sinter/engine";
import { readSafetensors } from "sinter/formats";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const flag = (name, standard) => Number(args.includes(name) ? args[args.indexOf(name) + 1] : standard);
const threads = flag("--threads", 2);
const numRounds = flag("--rounds", 5);
const parts = ["step", "memory", "speed"].filter((part) => args.includes(part));
const wanted = parts.length === 0 ? ["step", "memory", "speed"] : parts;
const bound = 1e-4;
const mostRss = 4 * 2 ** 30;

/** Number `index` of stream `seed`, in [-0.5, 0.5): as scripts/golden/common.py. */
function uniform(seed, size, limit = 1, middle = 0) {
  const start = Math.imul(seed, 0x9e3779b9);
  const values = new Float32Array(size);
  for (let index = 0; index < size; index += 1) {
    let h = (index + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    values[index] = (((h ^ (h >>> 15)) >>> 0) / 2 ** 32 - 0.5) * (2 * limit) + middle;
  }
  return values;
}

/** In float64, as the script beside this one: a token must not be another for a rounding. */
function tokens(count) {
  const start = Math.imul(7, 0x9e3779b9);
  return Int32Array.from({ length: count }, (_, index) => {
    let h = (index + start) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return Math.floor((((((h ^ (h >>> 15)) >>> 0) / 2 ** 32 - 0.5) * 2 + 1) / 2) * 50257);
  });
}

/** What transformers calls a weight. */
function nameOf(path) {
  const [layer, own] = path.split("/");
  return `transformer.${layer}.${own === "bias" || own === "beta" ? "bias" : "weight"}`;
}

/** The model with weights of the formula. */
function makeModel(inputLength) {
  const model = gpt2({ inputLength, dropout: 0 });
  const named = model.network.weights.map(({ path, shape }) => ({ path, shape, name: nameOf(path) }));
  const sorted = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const values = sorted.map(({ path, shape, name }, index) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const isScale = name.includes(".ln_") && name.endsWith("weight");
    const data =
      shape.length === 2 ? uniform(100 + index, size, 0.035) : uniform(100 + index, size, 0.1, isScale ? 1 : 0);
    return [path, tensor(data, { shape })];
  });
  model.setWeights(Object.fromEntries(values));
  return model;
}

/** Python, which answers a line with a line. */
function startPeer() {
  const child = spawn(join(root, ".peers/python/bin/python"), [join(root, "scripts/gpt2-size.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, THREADS: String(threads), TRANSFORMERS_VERBOSITY: "error" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("Python ended.");
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

function gibibytes(bytes) {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** How far numbers are from what they should be, relative to three scales. */
function distances(actual, expected) {
  let [largest, squares, most, all] = [0, 0, 0, 0];
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs(actual[index] - expected[index]);
    if (!(difference <= largest)) largest = difference;
    most = Math.max(most, Math.abs(expected[index]));
    squares += difference ** 2;
    all += expected[index] ** 2;
  }
  return {
    "norm of the difference / norm": Math.sqrt(squares / all),
    "largest difference / largest": largest / most,
    "largest difference / root mean square": largest / Math.sqrt(all / expected.length),
  };
}

function keepWorst(worst, name, found) {
  for (const [scale, far] of Object.entries(found)) if (!(far <= worst[scale]?.far)) worst[scale] = { far, name };
}

function say(what, isRight) {
  if (!isRight) process.exitCode = 1;
  console.log(`${what}${isRight ? "" : "  TOO MUCH"}`);
}

/** Loss and gradients beside PyTorch's. */
async function compareStep() {
  const folder = mkdtempSync(join(tmpdir(), "sinter-gpt2-"));
  const file = join(folder, "gradients.safetensors");
  try {
    const peer = startPeer();
    const theirs = await peer.ask({ do: "step", file });
    peer.end();
    const ids = tokens(513);
    const { weights, apply } = networkFunction(makeModel(512));
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
    const step = jit((all, x, y) => valueAndGrad((own) => lossValue(loss, y, apply(own, x)))(all));
    const x = tensor(ids.subarray(0, 512), { shape: [1, 512] });
    const y = tensor(ids.subarray(1), { shape: [1, 512] });
    const { value, gradient } = step(weights, x, y);
    const ours = await value.item();
    const rss = process.resourceUsage().maxRSS * 1024;
    const difference = Math.abs(ours - theirs.loss) / theirs.loss;
    say(`loss ${ours} for ${theirs.loss}: ${difference.toExponential(1)}`, difference <= bound);
    const worst = {};
    for (const [path, own] of Object.entries(gradient)) {
      const name = nameOf(path);
      const { tensors } = await readSafetensors(file, { isWanted: (one) => one === name });
      keepWorst(worst, name, distances(await own.data(), tensors.get(name).data));
      own.dispose();
    }
    for (const [scale, { far, name }] of Object.entries(worst)) {
      // One element of the table's 38 million may be far from its tiny mean square: the others are the scale.
      const isBound = !scale.endsWith("square");
      say(`gradients: ${scale}: at most ${far.toExponential(1)} (${name})`, !isBound || far <= bound);
    }
    say(`peak RSS with weights, gradients and copies of weights: ${gibibytes(rss)}`, rss <= mostRss);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The memory of whole training steps. */
async function measureMemory() {
  const ids = tokens(513);
  const model = makeModel(512);
  model.compile({
    optimizer: "adam",
    learningRate: 1e-4,
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
  });
  const x = tensor(ids.subarray(0, 512), { shape: [1, 512] });
  const y = tensor(ids.subarray(1), { shape: [1, 512] });
  const found = [];
  for (let step = 0; step < 3; step += 1) {
    const start = performance.now();
    const { loss } = await model.trainOnBatch(x, y);
    found.push(`loss ${loss.toFixed(4)} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  const rss = process.resourceUsage().maxRSS * 1024;
  say(`three steps with Adam (${found.join(", ")}): peak RSS ${gibibytes(rss)}`, rss <= mostRss);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Tokens a second of both, in turn. */
async function measureSpeed() {
  const peer = startPeer();
  const prompt = tokens(64);
  const model = makeModel(512);
  const run = async () => {
    const step = stepOf(model);
    const start = performance.now();
    const ids = [];
    for await (const id of generateTokens(step, prompt, { maxNewTokens: 128, temperature: 0 })) ids.push(id);
    return { seconds: (performance.now() - start) / 1000, ids };
  };
  const ours = [];
  const theirs = [];
  let isEqual = true;
  // The first of each compiles, or fills caches.
  for (let round = 0; round <= numRounds; round += 1) {
    const [own, other] = [await run(), await peer.ask({ do: "generate" })];
    isEqual &&= own.ids.join() === other.ids.join();
    console.log(
      `${round === 0 ? "first" : `run ${round}`}: ${(128 / own.seconds).toFixed(2)} and ${(128 / other.seconds).toFixed(2)} tokens/s`,
    );
    if (round > 0) {
      ours.push(128 / own.seconds);
      theirs.push(128 / other.seconds);
    }
  }
  peer.end();
  say(`the same ${prompt.length} + 128 tokens`, isEqual);
  const ratio = median(ours) / median(theirs);
  say(
    `median ${median(ours).toFixed(2)} tokens/s, transformers ${median(theirs).toFixed(2)}: ${ratio.toFixed(2)} x (asked 0.8)`,
    ratio >= 0.8,
  );
}

/** One function for all runs: its programs stay compiled. It reads the prompt anew, since nothing of it is the same. */
const steps = new WeakMap();
function stepOf(model) {
  const step = steps.get(model) ?? nextLogits(model);
  steps.set(model, step);
  return step;
}

if (wanted.length > 1) {
  // Each in a process of its own, whose memory is measured.
  for (const part of wanted) {
    const own = [fileURLToPath(import.meta.url), part, "--rounds", numRounds, "--threads", threads];
    const { status } = spawnSync(process.execPath, [...process.execArgv, ...own.map(String)], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
} else {
  await useDevice("auto", { threads });
  console.log(`${currentDevice().name ?? ""} with ${threads} threads`);
  await { step: compareStep, memory: measureMemory, speed: measureSpeed }[wanted[0]]();
  await closeDevice();
}
