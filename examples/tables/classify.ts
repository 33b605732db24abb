// Learns a column of a table from the others: numbers, texts, dates and missing values become the inputs of a small network.
//
//   node --import sinter/loader examples/tables/classify.ts [--data .data/tables/titanic.csv] [--target survived] [--epochs 30]
//   node --import sinter/loader examples/tables/classify.ts --data .data/tables/credit.csv --target default-payment-next-month
//
// A fifth of the rows, with the same share of each class, is tested; what stands in for missing values, the categories and the
// scale of numbers are learned of the other rows.
import { parseArgs } from "node:util";
import { callbacks, closeDevice, layers, metrics, sequential, type Model } from "sinter";
import {
  columnOf,
  columnValues,
  readTable,
  splitTable,
  statisticsOf,
  tableDataset,
  tableEncoding,
  type SampleDataset,
} from "sinter/data";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/tables/titanic.csv" },
    target: { type: "string", default: "survived" },
    epochs: { type: "string", default: "30" },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);

async function build(train: SampleDataset, numClasses: number): Promise<Model> {
  const isBinary = numClasses === 2;
  const model = sequential(
    [
      layers.normalization(await statisticsOf(train)), // [batch, inputs]
      layers.dense({ units: 64, activation: "relu" }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 32, activation: "relu" }),
      layers.dense({ units: isBinary ? 1 : numClasses, activation: isBinary ? "sigmoid" : "softmax" }),
    ],
    { seed },
  );
  const loss = isBinary ? "binaryCrossentropy" : "sparseCategoricalCrossentropy";
  model.compile({ optimizer: "adam", loss, metrics: isBinary ? ["accuracy", metrics.auc()] : ["accuracy"] });
  return model;
}

const table = await readTable(values.data);
console.log(`${table.numRows} rows: ${table.columns.map(({ name, kind }) => `${name} (${kind})`).join(", ")}`);
const parts = splitTable(table, 0.2, { by: values.target, seed });
const numClasses = new Set(columnValues(columnOf(table, values.target))).size;
const labelMode = numClasses === 2 ? "binary" : "sparse";
const encoding = tableEncoding(parts.train, { target: values.target, labelMode, missing: "median" });
const train = tableDataset(parts.train, { encoding, batchSize: 32, seed });
const test = tableDataset(parts.validation, { encoding, batchSize: 256 });
console.log(`${encoding.inputNames.length} inputs, classes ${encoding.classNames?.join(", ")}`);

const model = await build(train, numClasses);
await model.fit(train, {
  epochs: Number(values.epochs),
  verbose: 0,
  callbacks: [callbacks.reduceLROnPlateau({ monitor: "loss", patience: 3 })],
});
const counts = Array.from({ length: numClasses }, () => 0);
for (const label of test.labels ?? []) counts[label] = (counts[label] ?? 0) + 1;
const usual = Math.max(...counts) / test.numSamples;
const scores = await model.evaluate(test, { verbose: 0 });
const auc = scores["auc"] === undefined ? "" : `, AUC ${scores["auc"].toFixed(4)}`;
console.log(`accuracy ${scores["accuracy"]?.toFixed(4)} (always the most frequent class: ${usual.toFixed(4)})${auc}`);
await closeDevice();
