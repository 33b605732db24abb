// Accuracy that sinter reaches by its command line on the data of scripts/fetch-data.mjs, beside Keras's on the same split: mean of 3 seeds.
// Run: node scripts/fetch-data.mjs; node scripts/accuracy.mjs [--only NAME] [--seeds 3] [--device wasm] [--write]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const results = join(root, "bench", "results");
const dropoutCnn = join("scripts", "accuracy", "dropout-cnn.js");

// The same rows as WORKS in keras_accuracy.py; `least` is what the issue asks for.
const works = {
  "mnist-dropout-light": { data: "mnist", model: dropoutCnn, augment: "light", size: 28, epochs: 20, least: 0.982 },
  "mnist-cnn-none": { data: "mnist", model: "cnn", augment: "none", size: 28, epochs: 20, least: 0.955 },
  "cats-dogs-dropout-light": {
    data: "cats-dogs",
    model: dropoutCnn,
    augment: "light",
    size: 28,
    epochs: 30,
    least: 0.93,
  },
  "cats-dogs-cnn-none": { data: "cats-dogs", model: "cnn", augment: "none", size: 28, epochs: 20, least: 0.93 },
  "stamps-cnn-standard": { data: "stamps", model: "cnn", augment: "standard", size: 96, epochs: 40 },
  "stamps-cnn-light": { data: "stamps", model: "cnn", augment: "light", size: 96, epochs: 40 },
};

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    seeds: { type: "string", default: "3" },
    device: { type: "string", default: "wasm" },
    write: { type: "boolean", default: false },
  },
});

/** Runs the command line; gives what it printed, or stops with its words. */
function sinter(...parameters) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/sinter.js", ...parameters], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`sinter ${parameters.join(" ")} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** One training and the accuracy on the test part, which nothing before has read. */
function train(name, seed) {
  const { data, model, augment, size, epochs } = works[name];
  const folder = join(".data", data);
  const out = join("runs", "accuracy", `${name}-${seed}`);
  rmSync(join(root, out), { recursive: true, force: true });
  const shape = ["--image-size", `${size}x${size}`, "--batch-size", "32", "--epochs", String(epochs)];
  const how = ["--model", model, "--augment", augment, "--optimizer", "adam", "--device", options.device];
  sinter("train", join(folder, "train"), ...shape, ...how, "--seed", String(seed), "--out", out, "--json");
  const lines = sinter("evaluate", out, join(folder, "test"), "--json").trim().split("\n");
  return JSON.parse(lines.at(-1)).accuracy;
}

const kerasFile = join(results, "keras-accuracy.json");
const keras = existsSync(kerasFile) ? JSON.parse(readFileSync(kerasFile, "utf8")) : {};
const ownFile = join(results, "sinter-accuracy.json");
const stored = existsSync(ownFile) ? JSON.parse(readFileSync(ownFile, "utf8")) : {};
const asked = options.only ?? Object.keys(works);
const unknown = asked.find((name) => !(name in works));
if (unknown !== undefined) {
  console.error(`accuracy: no work "${unknown}". There are: ${Object.keys(works).join(", ")}.`);
  process.exit(2);
}
for (const name of asked) {
  const seeds = Array.from({ length: Number(options.seeds) }, (_, seed) => seed);
  const accuracies = seeds.map((seed) => train(name, seed));
  const meanAccuracy = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const kerasMean = keras[name]?.meanAccuracy;
  const { least } = works[name];
  console.log(JSON.stringify({ work: name, seeds, accuracies, meanAccuracy, keras: kerasMean, least }));
  if (least !== undefined && meanAccuracy < least) process.exitCode = 1;
  stored[name] = { work: name, ...works[name], seeds, accuracies, meanAccuracy };
  if (options.write) {
    mkdirSync(results, { recursive: true });
    writeFileSync(ownFile, `${JSON.stringify(stored, null, 2)}\n`);
  }
}
