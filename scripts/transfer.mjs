// Learning from twelve pictures a class: eight subjects of the stamps, five stratified splits, mean accuracy by class on the rest.
// The CNN from scratch with standard augmentation; VGG16 with ImageNet's weights, its base frozen; the same, fine-tuned. Epochs and
// rates are fixed beforehand: the rest chooses nothing.
// Run: node scripts/fetch-data.mjs all-stamps onnx-models; node scripts/vgg16-weights.mjs; node scripts/transfer.mjs [--splits 5]
// [--size 128] [--freeze none or N] [--augment light], of the pictures that the base sees. --files prints the splits and ends.
import { readdirSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

register(new URL("./source-hooks.mjs", import.meta.url));
await import("../src/entry/install-node.ts");
const { knownNetwork, baseLayerOf } = await import("#app/tasks/known-network.ts");
const { cnnLayers } = await import("#app/tasks/cnn.ts");
const { permutation } = await import("#learning/data/order.ts");
const { resolveAugment } = await import("#learning/data/augment-options.ts");
const { imageFiles } = await import("sinter/data");
const { closeDevice, useDevice } = await import("sinter/engine");
const { sequential, trainHead } = await import("sinter/train");

const { values: options } = parseArgs({
  options: {
    splits: { type: "string", default: "5" },
    size: { type: "string", default: "128" },
    threads: { type: "string", default: "2" },
    freeze: { type: "string", default: "none" },
    augment: { type: "string", default: "light" },
    files: { type: "boolean", default: false },
  },
});
const data = fileURLToPath(new URL("../.data/", import.meta.url));
const [size, numTrained] = [Number(options.size), 12];
const subjects = {
  birds: "animals",
  flowers: "plants",
  fruit: "food",
  houses: "town",
  insects: "animals",
  mammals: "animals",
  roadsigns: "town",
  vegetables: "food",
};
const classNames = Object.keys(subjects);
const freeze = options.freeze === "none" ? "none" : Number(options.freeze);
const transfer = { weights: join(data, "vgg16/vgg16_notop.weights.h5"), freeze, fineTuneEpochs: 5 };
const [headEpochs, scratchEpochs, fineTuneRate] = [100, 100, 1e-5];
const goals = { optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] };

/** Every picture, with its class. */
const pictures = classNames.flatMap((name, label) => {
  const folder = join(data, "all-stamps", subjects[name]);
  const names = readdirSync(folder).filter((file) => file.startsWith(`${name}-`));
  return names.toSorted().map((file) => ({ path: join(folder, file), label }));
});
const labels = Int32Array.from(pictures, ({ label }) => label);

/** Positions of the pictures that are trained on, and of the rest. */
function split(number) {
  const parts = { train: [], rest: [] };
  for (const label of classNames.keys()) {
    const own = pictures.flatMap((picture, at) => (picture.label === label ? [at] : []));
    const order = permutation(own.length, number, label);
    Array.from(order, (place) => own[place]).forEach((at, rank) =>
      parts[rank < numTrained ? "train" : "rest"].push(at),
    );
  }
  return parts;
}

function datasetOf(rescale) {
  const reading = { imageSize: [size, size], batchSize: 32, rescale };
  const paths = pictures.map(({ path }) => path);
  return imageFiles(paths, reading, { labelMode: "sparse", labels, classNames });
}

/** The mean over the classes of the share of their pictures that are told right. */
async function accuracyOf(net, rest) {
  const rows = await (await net.predict(rest, { verbose: 0 })).data();
  const right = classNames.map(() => []);
  rest.labels.forEach((label, at) => {
    const row = Array.from(rows.subarray(at * classNames.length, (at + 1) * classNames.length));
    right[label].push(row.indexOf(Math.max(...row)) === label ? 1 : 0);
  });
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(right.map(mean));
}

async function fromScratch({ train, rest }, seed) {
  const net = sequential(cnnLayers({ imageSize: [size, size], classNames, channels: 3 }), { seed });
  net.compile({ ...goals, learningRate: 1e-3 });
  const all = datasetOf(1 / 255);
  const augment = resolveAugment("standard", "transfer");
  await net.fit(all.subset(train, { augment, seed, shuffle: true }), { epochs: scratchEpochs, verbose: 0, seed });
  return accuracyOf(net, all.subset(rest, { shuffle: false }));
}

async function onVgg({ train, rest }, seed) {
  const net = await knownNetwork("vgg16", { imageSize: [size, size], classNames, channels: 3, seed }, transfer);
  net.compile({ ...goals, learningRate: 1e-3 });
  const all = datasetOf(1);
  const own = all.subset(train, { augment: resolveAugment(options.augment, "transfer"), seed, shuffle: true });
  const others = all.subset(rest, { shuffle: false });
  const begun = performance.now();
  let cached = begun;
  const onFeatures = () => (cached = performance.now());
  await trainHead(net, own, { epochs: headEpochs, variants: 4, verbose: 0, seed, onFeatures });
  const seconds = { features: (cached - begun) / 1000, head: (performance.now() - cached) / 1000 };
  const frozen = await accuracyOf(net, others);
  net.setTrainable(true, [baseLayerOf(net)]);
  net.compile({ ...goals, learningRate: fineTuneRate });
  const tuning = performance.now();
  await net.fit(own, { epochs: transfer.fineTuneEpochs, verbose: 0, seed });
  return {
    frozen,
    fineTuned: await accuracyOf(net, others),
    seconds: { ...seconds, fineTuning: (performance.now() - tuning) / 1000 },
  };
}

if (options.files) {
  const splits = Array.from({ length: Number(options.splits) }, (_, number) => split(number));
  console.log(JSON.stringify({ classNames, pictures, splits }));
} else {
  await useDevice("auto", { threads: Number(options.threads) });
  const results = [];
  console.log(
    `${pictures.length} pictures, ${size} x ${size}, ${numTrained} a class to train; base: augment ${options.augment}, freeze ${freeze}`,
  );
  console.log("| split | CNN from scratch | VGG16 frozen | fine-tuned | features (s) | head (s) | fine-tuning (s) |");
  console.log("|---|---|---|---|---|---|---|");
  const percent = (value) => (100 * value).toFixed(1);
  for (let number = 0; number < Number(options.splits); number += 1) {
    const parts = split(number);
    const { frozen, fineTuned, seconds } = await onVgg(parts, number);
    const scratch = await fromScratch(parts, number);
    results.push({ scratch, frozen, fineTuned });
    const times = [seconds.features, seconds.head, seconds.fineTuning].map((time) => time.toFixed(1));
    console.log(`| ${[number, ...[scratch, frozen, fineTuned].map(percent), ...times].join(" | ")} |`);
  }
  const mean = (name) => results.reduce((sum, one) => sum + one[name], 0) / results.length;
  const [scratch, frozen, fineTuned] = ["scratch", "frozen", "fineTuned"].map(mean);
  console.log(`| mean | ${[scratch, frozen, fineTuned].map(percent).join(" | ")} | | | |`);
  const isGood = frozen - scratch >= 0.1 && fineTuned >= frozen - 0.01;
  console.log(
    `gain ${percent(frozen - scratch)} points, fine-tuning ${percent(fineTuned - frozen)}: ${isGood ? "ok" : "FAIL"}`,
  );
  process.exitCode = isGood ? 0 : 1;
  await closeDevice();
}
