// The models of bench/sinter/models and the seed CNN as ONNX files: checked by onnx.checker, compared with sinter at two sizes of
// batch, and timed in ONNX Runtime beside the file that PyTorch wrote of the same model, in turns.
// Run: node scripts/onnx-models.mjs [--only resnet50] [--keep FOLDER] [--threads 2]; needs scripts/peers.mjs to have run.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkFiles, distance, root, runtime } from "./onnx-run.mjs";

register(new URL("./source-hooks.mjs", import.meta.url));
await import("../src/entry/install-node.ts");
const { key, uniform } = await import("../src/engine/tensor/random.ts");
const { layers, sequential } = await import("sinter");
const { makeBatch, makeModel } = await import("../bench/sinter/models/index.mjs");

const { values: options } = parseArgs({
  options: { only: { type: "string" }, keep: { type: "string" }, threads: { type: "string", default: "2" } },
});
const folder = options.keep ?? mkdtempSync(join(tmpdir(), "sinter-onnx-"));
mkdirSync(folder, { recursive: true });
const names = ["seed-cnn", "mobilenetv2", "resnet50", "transformer", "mlp", "lstm", "gru", "bilstm", "cnn1d", "words"];
/** The name of PyTorch's file, where it is another. */
const peers = { mobilenetv2: "mobilenet-v2", resnet50: "resnet-50" };
const rounds = 5;

function seedCnn() {
  const conv = { kernelSize: 3, activation: "relu" };
  return sequential([
    layers.conv2d({ filters: 32, ...conv, inputShape: [150, 150, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, ...conv }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 128, ...conv }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 512, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
}

/** First weights with statistics that are not 0 and 1. */
function moved(net) {
  const { weights, frozen } = net.core;
  const changed = Object.entries({ ...weights, ...frozen })
    .filter(([path]) => /\/(?:bias|gamma|beta|movingMean|movingVariance)$/.test(path))
    .map(([path, weight], index) => [path, weight.add(uniform(key(index), weight.shape, { low: 0.01, high: 0.1 }))]);
  net.setWeights(Object.fromEntries(changed));
  return net;
}

function inputOf(name, size) {
  if (name !== "seed-cnn") return makeBatch(name, size).x;
  return uniform(key(9), [size, 150, 150, 3], { low: 0, high: 1 });
}

async function feedOf(session, x) {
  const data = await x.data();
  const type = x.dtype === "i32" ? "int32" : "float32";
  return { [session.inputNames[0]]: new runtime.Tensor(type, data, [...x.shape]) };
}

async function errorOf(net, session, name, size) {
  const x = inputOf(name, size);
  const given = await session.run(await feedOf(session, x));
  const expected = await net.predictOnBatch(x);
  return distance(Array.from(given[session.outputNames[0]].data, Number), Array.from(await expected.data()));
}

/** Numbers of a file's own input. */
function ownFeed(session, batch) {
  const [{ name, type, shape }] = session.inputMetadata;
  const extents = shape.map((extent) => (typeof extent === "number" ? extent : batch));
  const size = extents.reduce((product, extent) => product * extent, 1);
  if (type === "int64") return { [name]: new runtime.Tensor("int64", new BigInt64Array(size), extents) };
  if (type === "int32") return { [name]: new runtime.Tensor("int32", new Int32Array(size), extents) };
  return {
    [name]: new runtime.Tensor(
      "float32",
      Float32Array.from({ length: size }, (_, at) => (at % 7) / 7),
      extents,
    ),
  };
}

async function medians(sessions) {
  // A file for one size of batch says it: then all get as many.
  const batch = Math.max(1, ...sessions.map(({ inputMetadata: [{ shape }] }) => Number(shape[0]) || 1));
  const feeds = sessions.map((session) => ownFeed(session, batch));
  const times = sessions.map(() => []);
  for (let round = 0; round < rounds + 2; round += 1) {
    for (const [index, session] of sessions.entries()) {
      const start = performance.now();
      for (let run = 0; run < 2; run += 1) await session.run(feeds[index]);
      if (round >= 2) times[index].push((performance.now() - start) / 2);
    }
  }
  return times.map((list) => list.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]);
}

const settings = { logSeverityLevel: 3, intraOpNumThreads: Number(options.threads), interOpNumThreads: 1 };
console.log("| model | MB | operators | error | ms | PyTorch's file ms | ratio |\n|---|---|---|---|---|---|---|");
for (const name of names) {
  if (options.only !== undefined && options.only !== name) continue;
  const path = join(folder, `${name}.onnx`);
  const net = moved(name === "seed-cnn" ? seedCnn() : makeModel(name));
  await net.exportOnnx(path);
  const session = await runtime.InferenceSession.create(path, settings);
  const error = Math.max(await errorOf(net, session, name, 1), await errorOf(net, session, name, 2));
  const verdict = checkFiles([path])[path];
  const peer = join(root, ".peers/models", `${peers[name] ?? name}.onnx`);
  const others = existsSync(peer) ? [await runtime.InferenceSession.create(peer, settings)] : [];
  const [own, other] = await medians([session, ...others]);
  const cells = [
    name,
    (statSync(path).size / 2 ** 20).toFixed(1),
    Array.isArray(verdict) ? verdict.join(" ") : verdict,
    error.toExponential(1),
    own.toFixed(2),
    other?.toFixed(2) ?? "",
    other === undefined ? "" : (own / other).toFixed(2),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
if (options.keep === undefined) rmSync(folder, { recursive: true });
