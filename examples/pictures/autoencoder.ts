// Finds what does not belong: an autoencoder that knows one digit rebuilds others badly (Hinton and Salakhutdinov 2006).
//
//   node --import sinter/loader examples/pictures/autoencoder.ts [--data .data/mnist] [--digit 4] [--epochs 20]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { autoencoder, closeDevice, optimizers } from "sinter";
import { readDigits } from "./read-digits.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/mnist" },
    digit: { type: "string", default: "4" },
    epochs: { type: "string", default: "20" },
    seed: { type: "string", default: "0" },
  },
});

/** The chance that one of `odd` scores above one of `known`. */
function rankShare(known: readonly number[], odd: readonly number[]): number {
  const sorted = known.toSorted((left, right) => left - right);
  let above = 0;
  for (const score of odd) above += sorted.findLastIndex((one) => one < score) + 1;
  return above / (known.length * odd.length);
}

const digit = Number(values.digit);
const [train, test] = [await readDigits(join(values.data, "train")), await readDigits(join(values.data, "test"))];
const known = Float32Array.from(
  [...train.labels.keys()]
    .filter((row) => train.labels[row] === digit)
    .flatMap((row) => [...train.pixels.subarray(row * 784, (row + 1) * 784)]),
);
const { model } = autoencoder({ units: [128, 16], seed: Number(values.seed) });
model.compile({ optimizer: optimizers.adam({ learningRate: 2e-3 }), loss: "binaryCrossentropy" });
const rows = (data: Float32Array<ArrayBuffer>) => ({ data, shape: [data.length / 784, 784], dtype: "f32" }) as const;
await model.fit(rows(known), rows(known), { epochs: Number(values.epochs), batchSize: 64, verbose: 0 });
const rebuilt = await (await model.predict(rows(test.pixels), { verbose: 0 })).data();
const scores = Array.from(test.labels, (_, row) => {
  let sum = 0;
  for (let at = row * 784; at < (row + 1) * 784; at += 1) sum += ((rebuilt[at] ?? 0) - (test.pixels[at] ?? 0)) ** 2;
  return sum / 784;
});
const [usual, odd] = [true, false].map((isUsual) =>
  scores.filter((_, row) => (test.labels[row] === digit) === isUsual),
);
const mean = (list: readonly number[] = []): string =>
  (list.reduce((sum, one) => sum + one, 0) / list.length).toFixed(4);
console.log(`error of ${digit}: ${mean(usual)}; of other digits: ${mean(odd)}`);
console.log(`area under the ROC curve ${rankShare(usual ?? [], odd ?? []).toFixed(4)}`);
await closeDevice();
