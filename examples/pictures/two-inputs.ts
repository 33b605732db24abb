// A picture and a row of a table: reads a handwritten quantity and, with price and discount beside it, says what is to be paid.
//
//   node --import sinter/loader examples/pictures/two-inputs.ts [--data .data/mnist] [--epochs 15]
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDevice, fromArrays, layers, model, optimizers, type SampleDataset } from "sinter";
import { readDigits } from "./read-digits.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/mnist" },
    epochs: { type: "string", default: "15" },
    seed: { type: "string", default: "0" },
  },
});

/** Digits of a part, each with a price and a discount, and what is to be paid. */
async function read(part: string): Promise<SampleDataset> {
  const { pixels, labels, count } = await readDigits(join(values.data, part));
  const rows = new Float32Array(2 * count);
  const totals = new Float32Array(count);
  labels.forEach((quantity, row) => {
    const [price, discount] = [1 + ((row * 37) % 100) / 50, ((row * 13) % 5) / 10];
    rows.set([price, discount], 2 * row);
    totals[row] = quantity * price * (1 - discount);
  });
  const x = {
    picture: { data: pixels, shape: [count, 28, 28, 1], dtype: "f32" },
    offer: { data: rows, shape: [count, 2], dtype: "f32" },
  } as const;
  const y = { data: totals, shape: [count, 1], dtype: "f32" } as const;
  return fromArrays(x, y, { batchSize: 64, shuffle: part === "train", seed: Number(values.seed) });
}

const picture = layers.input({ shape: [28, 28, 1], name: "picture" });
const offer = layers.input({ shape: [2], name: "offer" });
let seen = layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }).apply(picture);
seen = layers.maxPooling2d().apply(layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }).apply(seen));
seen = layers.dense({ units: 64, activation: "relu" }).apply(layers.flatten().apply(seen));
const joined = layers.concatenate().apply([seen, offer]);
const total = layers.dense({ units: 1 }).apply(layers.dense({ units: 64, activation: "relu" }).apply(joined));
const net = model({ inputs: [picture, offer], outputs: total, seed: Number(values.seed) });
net.compile({
  optimizer: optimizers.adam({ learningRate: 1e-3 }),
  loss: "meanSquaredError",
  metrics: ["meanAbsoluteError"],
});
const [train, test] = [await read("train"), await read("test")];
await net.fit(train, { epochs: Number(values.epochs), verbose: 0 });
const { meanAbsoluteError = Number.NaN } = await net.evaluate(test, { verbose: 0 });
console.log(`what is to be paid is off by ${meanAbsoluteError.toFixed(3)} on average`);
await closeDevice();
