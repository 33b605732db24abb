// Tells classes of series apart with a fully convolutional network (Wang et al. 2017).
//
//   node --import sinter/loader examples/series/fcn.ts [--data .data/sktime/GunPoint] [--seeds 3] [--epochs 2000]
//
// The weights of the lowest training loss are tested; the test part chooses nothing.
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { callbacks, closeDevice, layers, optimizers, sequential, tensor, type Layer } from "sinter";
import { asArrays, longest, readSeries } from "./read-series.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/sktime/GunPoint" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "2000" },
    batch: { type: "string", default: "16" },
  },
});

function block(filters: number, kernelSize: number, inputShape?: readonly number[]): Layer[] {
  return [
    layers.conv1d({ filters, kernelSize, padding: "same", ...(inputShape === undefined ? {} : { inputShape }) }),
    layers.batchNormalization(),
    layers.activation({ activation: "relu" }),
  ];
}

async function run(seed: number): Promise<number> {
  const name = basename(values.data);
  const [train, test] = ["TRAIN", "TEST"].map((part) => readSeries(join(values.data, `${name}_${part}.ts`)));
  if (train === undefined || test === undefined) throw new Error("no data");
  const time = longest(train, test);
  const [learned, asked] = [asArrays(train, time), asArrays(test, time)];
  const model = sequential(
    [
      ...block(128, 8, learned.shape.slice(1)),
      ...block(256, 5),
      ...block(128, 3),
      layers.globalAveragePooling1d(),
      layers.dense({ units: learned.classNames.length, activation: "softmax" }),
    ],
    { seed },
  );
  model.compile({
    optimizer: optimizers.adam({ learningRate: 1e-3 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const x = tensor(learned.x, { shape: learned.shape });
  await model.fit(x, learned.y, {
    epochs: Number(values.epochs),
    batchSize: Number(values.batch),
    verbose: 0,
    seed,
    callbacks: [
      callbacks.reduceLROnPlateau({ monitor: "loss", factor: 0.5, patience: 50, minLr: 1e-4 }),
      callbacks.earlyStopping({ monitor: "loss", patience: Number(values.epochs), restoreBestWeights: true }),
    ],
  });
  const scores = await model.evaluate(tensor(asked.x, { shape: asked.shape }), asked.y, { verbose: 0 });
  return scores["accuracy"] ?? 0;
}

const accuracies: number[] = [];
for (let seed = 0; seed < Number(values.seeds); seed += 1) {
  accuracies.push(await run(seed));
  console.log(`seed ${seed}: accuracy ${accuracies.at(-1)?.toFixed(4)}`);
}
const mean = accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
console.log(`${basename(values.data)}: mean accuracy ${mean.toFixed(4)} of ${accuracies.length} seeds`);
await closeDevice();
