// Tells brick, grass and gravel apart, from three photographs of 512 x 512 pixels cut into windows of 64 x 64.
//
//   node --import sinter/loader examples/textures/train.ts [--seed 0] [--seeds 1] [--epochs 8] [--out runs/textures]
//
// The left 60 % of each photograph is for training, the right 40 % for the test, and no window crosses the border. The
// lowest quarter of the left side is the validation part: it chooses the epoch, and it overlaps no training window.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  callbacks,
  closeDevice,
  imageWindows,
  layers,
  loadModel,
  optimizers,
  readPicture,
  schedules,
  sequential,
  type SampleDataset,
} from "sinter";
import { nearestMeanAccuracy } from "./nearest-mean.ts";

const classNames = ["brick", "grass", "gravel"];
const windowSize = [64, 64] as const;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "0" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "8" },
    out: { type: "string", default: "runs/textures" },
  },
});

/** The photographs, one grey byte a pixel, each with the number of its class. */
async function readPhotographs() {
  return await Promise.all(
    classNames.map(async (name, label) => {
      const file = fileURLToPath(new URL(`${name}.png`, import.meta.url));
      return { picture: await readPicture(file, { colorMode: "grayscale" }), label };
    }),
  );
}

/** Windows for training (changed at random in every epoch), validation and test. */
async function readParts(seed: number) {
  const photographs = await readPhotographs();
  const common = { windowSize, classNames, labelMode: "sparse", batchSize: 32, seed } as const;
  const left = [0, 0.6] as const;
  return {
    train: imageWindows(photographs, {
      ...common,
      columns: left,
      rows: [0, 0.75],
      stride: 16,
      shuffle: true,
      augment: { horizontalFlip: true, verticalFlip: true, brightnessRange: [0.7, 1.3] },
    }),
    validation: imageWindows(photographs, { ...common, columns: left, rows: [0.75, 1], stride: 16 }),
    test: imageWindows(photographs, { ...common, columns: [0.6, 1], stride: 32 }),
  };
}

/** A convolution without bias, since the normalization after it has one. */
function block(filters: number, options: { inputShape?: readonly number[] } = {}) {
  return [
    layers.conv2d({ filters, kernelSize: 3, useBias: false, ...options }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation({ activation: "relu" }),
  ];
}

/** @param numSteps of the whole training: the learning rate falls along half a cosine to 0 */
function buildModel(seed: number, numSteps: number) {
  const model = sequential(
    [
      ...block(16, { inputShape: [...windowSize, 1] }), // [62, 62, 16]
      layers.maxPooling2d({ poolSize: 2 }), // [31, 31, 16]
      ...block(32), // [29, 29, 32]
      layers.maxPooling2d({ poolSize: 2 }), // [14, 14, 32]
      ...block(32), // [12, 12, 32]
      layers.globalAveragePooling2d(), // [32]: a texture is what is there, not where
      layers.dense({ units: classNames.length, activation: "softmax" }),
    ],
    { seed },
  );
  const learningRate = schedules.cosineDecay({ initialLearningRate: 3e-3, decaySteps: numSteps });
  model.compile({
    optimizer: optimizers.adam({ learningRate }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  return model;
}

/** Trains with one seed; gives the accuracy on the test part, which nothing was chosen by. */
async function trainOnce(seed: number, epochs: number, out: string): Promise<number> {
  const { train, validation, test } = await readParts(seed);
  console.log(
    `seed ${seed}: ${train.numSamples} windows to train, ${validation.numSamples} to choose the epoch, ${test.numSamples} to test`,
  );
  const baseline = await nearestMeanAccuracy(train, test);
  const model = buildModel(seed, train.numBatches * epochs);
  await model.fit(train, {
    epochs,
    validationData: validation,
    verbose: 2,
    // Never stops early, but ends with the weights of the best epoch.
    callbacks: [callbacks.earlyStopping({ monitor: "valLoss", patience: epochs, restoreBestWeights: true })],
  });
  const { accuracy = 0 } = await model.evaluate(test, { verbose: 0 });
  console.log(`\naccuracy on the right side of the photographs: ${percent(accuracy)}`);
  console.log(`a baseline, the nearest class mean of brightness and contrast: ${percent(baseline)}`);
  await model.save(out);
  await useSaved(out, test);
  return accuracy;
}

/** Loads the model again and asks it about a few windows of each class. */
async function useSaved(folder: string, test: SampleDataset): Promise<void> {
  const model = await loadModel(folder);
  const chosen = test.subset(classNames.map((_, label) => test.labels?.lastIndexOf(label) ?? 0));
  const answer = await model.predict(chosen, { verbose: 0 }); // [windows, classes]
  const probabilities = await answer.data();
  console.log(`\nsaved to ${folder}, loaded again and asked about one window of each class:`);
  classNames.forEach((name, row) => {
    const shares = classNames.map((other, label) => {
      return `${other} ${percent(probabilities[row * classNames.length + label] ?? 0)}`;
    });
    console.log(`  ${name.padEnd(6)} → ${shares.join("  ")}`);
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const accuracies: number[] = [];
for (let seed = Number(values.seed); accuracies.length < Number(values.seeds); seed += 1) {
  accuracies.push(await trainOnce(seed, Number(values.epochs), values.out));
}
if (accuracies.length > 1) {
  const mean = accuracies.reduce((total, accuracy) => total + accuracy, 0) / accuracies.length;
  console.log(`\n${accuracies.length} seeds: ${accuracies.map(percent).join(", ")}; mean ${percent(mean)}`);
}
await closeDevice();
