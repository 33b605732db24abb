// What a range-tested rate, one-cycle and MixUp do to the accuracy on cats against dogs: 3 seeds, a fixed number of epochs on the
// whole training part; the test part is read once, at the end. keras_study.py beside accuracy/ does the same in Keras.
// Run: node scripts/fetch-data.mjs cats-dogs; node scripts/study.mjs [--seeds 3] [--epochs 15] [--write]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageFolder, optimizers, schedules, useDevice } from "sinter";
import { model as dropoutCnn } from "./accuracy/dropout-cnn.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "3" },
    epochs: { type: "string", default: "15" },
    write: { type: "boolean", default: false },
  },
});
const epochs = Number(options.epochs);
const standardRate = 1e-3;

const photos = (part, more) =>
  imageFolder(join(root, ".data", "cats-dogs", part), { imageSize: [28, 28], labelMode: "binary", ...more });

function compiled(learningRate, classNames, seed) {
  const model = dropoutCnn({ imageSize: [28, 28], classNames, seed });
  model.compile({ optimizer: optimizers.adam({ learningRate }), loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** The rate that the range test suggests, on training data alone. */
async function suggestedRate(seed) {
  const train = await photos("train", { seed, augment: "light" });
  const { suggestion } = await compiled(standardRate, train.classNames, seed).findLearningRate(train);
  return suggestion ?? standardRate;
}

async function accuracyOf(variant, rate, seed) {
  const augment = {
    rotationRange: 10,
    widthShiftRange: 0.1,
    heightShiftRange: 0.1,
    zoomRange: 0.1,
    fillMode: "nearest",
  };
  const mixup = variant === "mixup" ? { mixup: { alpha: 0.2 } } : {};
  const train = await photos("train", { seed, augment: { ...augment, ...mixup } });
  const totalSteps = train.numBatches * epochs;
  const learningRate = variant === "oneCycle" ? schedules.oneCycle({ maxLearningRate: rate, totalSteps }) : rate;
  const model = compiled(learningRate, train.classNames, seed);
  await model.fit(train, { epochs, verbose: 0 });
  const { accuracy } = await model.evaluate(await photos("test"), { verbose: 0 });
  return accuracy;
}

await useDevice("wasm");
const seeds = Array.from({ length: Number(options.seeds) }, (_, seed) => seed);
const suggested = [];
for (const seed of seeds) suggested.push(await suggestedRate(seed));
const fixed = seeds.map(() => standardRate);
const rates = { plain: fixed, lrFind: suggested, oneCycle: suggested, mixup: fixed };
const stored = {};
for (const [variant, learningRates] of Object.entries(rates)) {
  const sinter = [];
  for (const seed of seeds) sinter.push(await accuracyOf(variant, learningRates[seed], seed));
  stored[variant] = { epochs, learningRates, sinter };
  const mean = sinter.reduce((sum, value) => sum + value, 0) / sinter.length;
  console.log(JSON.stringify({ variant, learningRates, sinter, mean }));
}
if (options.write) writeFileSync(join(root, "bench", "results", "study.json"), `${JSON.stringify(stored, null, 2)}\n`);
process.exit(0);
