// Tells spam from ham by the mails' bodies alone: word vectors, their mean, one unit.
//
//   node --import sinter/loader examples/language/spam.ts [--data .data/spam] [--seeds 3] [--epochs 12]
//
// Headers are cut off, mails with equal bodies are taken once, a fifth of each class is for the test and chooses nothing.
import { parseArgs } from "node:util";
import { closeDevice, layers, optimizers, sequential } from "sinter";
import { textFolder, textVectorization } from "sinter/data";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/spam" },
    seeds: { type: "string", default: "1" },
    epochs: { type: "string", default: "12" },
  },
});

/** The text of a mail without its header and without markup. */
function bodyOf(mail: string): string {
  const body = mail.replaceAll("\r\n", "\n").split("\n\n").slice(1).join("\n\n");
  return body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const { texts, labels, classNames } = await textFolder(values.data);
const mails = new Map(texts.map((text, index) => [bodyOf(text), labels?.[index] ?? 0]));
mails.delete("");
console.log(`${texts.length} mails, ${mails.size} different bodies; classes ${classNames.join(", ")}`);

/** A fifth of each class, another for each seed, in an order that only the seed decides. */
function split(seed: number) {
  const place = (text: string): number => {
    let hash = seed;
    for (const letter of text.slice(0, 400)) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    return hash >>> 0;
  };
  const parts: Record<"train" | "test", [text: string, label: number][]> = { train: [], test: [] };
  for (const label of classNames.keys()) {
    const own = [...mails].filter(([, one]) => one === label).toSorted(([a], [b]) => place(a) - place(b));
    const numTest = Math.round(own.length / 5);
    parts.test.push(...own.slice(0, numTest));
    parts.train.push(...own.slice(numTest));
  }
  return parts;
}

async function run(seed: number): Promise<number> {
  const { train, test } = split(seed);
  const vectorize = textVectorization({ maxTokens: 20_000, outputSequenceLength: 400 });
  vectorize.adapt(train.map(([text]) => text));
  const model = sequential(
    [
      layers.embedding({ inputDim: 20_000, outputDim: 64, maskZero: true, inputShape: [400] }),
      layers.globalAveragePooling1d(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ],
    { seed },
  );
  model.compile({
    optimizer: optimizers.adam({ learningRate: 5e-3 }),
    loss: "binaryCrossentropy",
    metrics: ["accuracy"],
  });
  const rows = (part: typeof train) => vectorize.call(part.map(([text]) => text));
  const answers = (part: typeof train) => Float32Array.from(part, ([, label]) => label);
  await model.fit(rows(train), answers(train), { epochs: Number(values.epochs), batchSize: 64, verbose: 0, seed });
  const { accuracy = 0 } = await model.evaluate(rows(test), answers(test), { verbose: 0 });
  return accuracy;
}

const accuracies: number[] = [];
for (let seed = 0; seed < Number(values.seeds); seed += 1) {
  accuracies.push(await run(seed));
  console.log(`seed ${seed}: accuracy ${accuracies.at(-1)?.toFixed(4)}`);
}
const mean = accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
console.log(`mean accuracy ${mean.toFixed(4)} of ${accuracies.length} seeds`);
await closeDevice();
