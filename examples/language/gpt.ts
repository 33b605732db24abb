// A small GPT over letters (Radford et al. 2018): trained on five novels of Jane Austen, measured on the sixth, Persuasion.
//
//   node --import sinter/loader examples/language/gpt.ts [--data .data/austen] [--minutes 10] [--steps 3000] [--out runs/gpt]
//
// Persuasion chooses nothing. It prints bits a letter and a sample.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closeDevice, layers, model, optimizers, schedules, tensor, type SymbolicTensor } from "sinter";
import { generateTokens, textWindows } from "sinter/data";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: ".data/austen" },
    minutes: { type: "string", default: "10" },
    steps: { type: "string", default: "3000" },
    layers: { type: "string", default: "4" },
    width: { type: "string", default: "128" },
    context: { type: "string", default: "128" },
    batch: { type: "string", default: "32" },
    seed: { type: "string", default: "0" },
    out: { type: "string", default: "" },
  },
});
const [context, width] = [Number(values.context), Number(values.width)];
const [batchSize, seed] = [Number(values.batch), Number(values.seed)];
const novels = ["sense-and-sensibility", "pride-and-prejudice", "mansfield-park", "emma", "northanger-abbey"];
const read = (name: string): string => readFileSync(join(values.data, `${name}.txt`), "utf8");
const text = novels.map(read).join("\n");
const letters = [...new Set(text)].toSorted();
const numbers = new Map(letters.map((letter, number) => [letter, number]));
/** Letters that the five novels lack count as spaces. */
const encode = (written: string): Int32Array =>
  Int32Array.from(written, (letter) => numbers.get(letter) ?? numbers.get(" ") ?? 0);

/** Attention looks back only; each half sees its input normalized and adds to it. */
function block(x: SymbolicTensor): SymbolicTensor {
  const attention = layers.multiHeadAttention({ numHeads: 4, keyDim: width / 4, useCausalMask: true });
  const seen = layers.layerNormalization().apply(x);
  const y = layers.add().apply([x, attention.apply([seen, seen])]);
  const hidden = layers.dense({ units: 4 * width, activation: "gelu" }).apply(layers.layerNormalization().apply(y));
  return layers.add().apply([y, layers.dense({ units: width }).apply(hidden)]);
}

function gpt() {
  const tokens = layers.input({ shape: [context], dtype: "i32" });
  const vectors = layers.embedding({ inputDim: letters.length, outputDim: width }).apply(tokens);
  let x = layers.add().apply([vectors, layers.positionEmbedding({ sequenceLength: context }).apply(vectors)]);
  for (let layer = 0; layer < Number(values.layers); layer += 1) x = block(x);
  const head = layers.dense({ units: letters.length, activation: "softmax" });
  return model({ inputs: tokens, outputs: head.apply(layers.layerNormalization().apply(x)), seed });
}

const writer = gpt();
const steps = Number(values.steps);
writer.compile({
  optimizer: optimizers.adamw({
    learningRate: schedules.cosineDecay({
      initialLearningRate: 1e-5,
      warmupTarget: 2e-3,
      warmupSteps: 100,
      decaySteps: steps,
      alpha: 0.05,
    }),
    weightDecay: 0.01,
    globalClipnorm: 1,
  }),
  loss: "sparseCategoricalCrossentropy",
});
const train = textWindows(encode(text), { length: context, stride: context / 2, batchSize, seed });
const started = performance.now();
const { history } = await writer.fit(train, {
  epochs: 1,
  stepsPerEpoch: steps,
  maxTime: 60 * Number(values.minutes),
  verbose: 1,
});
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const held = textWindows(encode(read("persuasion")), { length: context, batchSize, shuffle: false });
const { loss = Number.NaN } = await writer.evaluate(held, { verbose: 0 });
console.log(`trained ${seconds} s; training loss ${history["loss"]?.at(-1)?.toFixed(3)}`);
console.log(`Persuasion: ${(loss / Math.LN2).toFixed(3)} bits a letter`);

const next = async ([ids = new Int32Array()]: readonly Int32Array[]) => {
  const seen = ids.slice(-context);
  const padded = new Int32Array(context);
  padded.set(seen);
  const output = await writer.predictOnBatch(tensor(padded, { shape: [1, context] }));
  const data = await output.data();
  const place = (seen.length - 1) * letters.length;
  return [Float32Array.from(data.subarray(place, place + letters.length), Math.log)];
};
let sample = "It is a truth";
const begin = encode(sample);
for await (const id of generateTokens(next, begin, { maxNewTokens: 500, temperature: 0.8, seed })) {
  sample += letters[id] ?? "";
}
console.log(sample);
if (values.out !== "") await writer.save(values.out);
await closeDevice();
