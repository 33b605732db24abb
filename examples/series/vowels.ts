// Tells nine speakers apart by a vowel, with a long short-term memory that leaves out the filled end of shorter series.
//
//   node --import sinter/loader examples/series/vowels.ts [--data .data/sktime/JapaneseVowels] [--seeds 3] [--epochs 60]
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { closeDevice, layers, optimizers, sequential, tensor } from "sinter";
import { asArrays, longest, readSeries } from "./read-series.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/sktime/JapaneseVowels" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "60" },
    units: { type: "string", default: "64" },
  },
});

async function run(seed: number): Promise<number> {
  const name = basename(values.data);
  const [train, test] = ["TRAIN", "TEST"].map((part) => readSeries(join(values.data, `${name}_${part}.ts`)));
  if (train === undefined || test === undefined) throw new Error("no data");
  const time = longest(train, test);
  const [learned, asked] = [asArrays(train, time), asArrays(test, time)];
  const model = sequential(
    [
      layers.masking({ inputShape: learned.shape.slice(1) }),
      layers.bidirectional({ layer: layers.lstm({ units: Number(values.units) }) }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: learned.classNames.length, activation: "softmax" }),
    ],
    { seed },
  );
  model.compile({
    optimizer: optimizers.adam({ learningRate: 2e-3 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const x = tensor(learned.x, { shape: learned.shape });
  await model.fit(x, learned.y, { epochs: Number(values.epochs), batchSize: 16, verbose: 0, seed });
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
