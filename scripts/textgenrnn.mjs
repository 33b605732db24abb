// textgenrnn's weights (Keras 2.1.5, LSTM in cuDNN's layout, a layer of its own) in a model made here, beside the same model in
// Keras with weights that textgenrnn.py converts by itself: what both give for the same texts. Needs .data/textgenrnn (node
// scripts/fetch-data.mjs textgenrnn), .peers and a build. Run: npm run build; node scripts/textgenrnn.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, makeLayer, model, tensor } from "sinter";
import { closeDevice } from "sinter/engine";

const root = fileURLToPath(new URL("..", import.meta.url));
const weights = join(root, ".data/textgenrnn/textgenrnn_weights.hdf5");
const maxLength = 40;
const numLetters = 60;

/** softmax over time of x · W, and the mean of x that it weighs. */
function attentionWeightedAverage(options) {
  return makeLayer({
    kind: "attentionWeightedAverage",
    className: "AttentionWeightedAverage",
    options,
    known: [],
    config: {},
    weights: ([{ shape }]) => [
      { name: "W", shape: [shape[1], 1], initializer: { kind: "constant", value: 0 }, trainable: true },
    ],
    outputTypes: ([{ shape, dtype }]) => [{ shape: [shape[1]], dtype }],
    call: ({ W }, [x]) => ({ outputs: [x.matMul(W).softmax(1).mul(x).sum(1)] }), // [batch, dim]
  });
}

function network() {
  const input = layers.input({ shape: [maxLength], dtype: "i32", name: "input" });
  const embedded = layers.embedding({ inputDim: 465, outputDim: 100, name: "embedding" }).apply(input);
  const first = layers.lstm({ units: 128, returnSequences: true, name: "rnn_1" }).apply(embedded);
  const second = layers.lstm({ units: 128, returnSequences: true, name: "rnn_2" }).apply(first);
  const joined = layers.concatenate({ name: "rnn_concat" }).apply([embedded, first, second]);
  const average = attentionWeightedAverage({ name: "attention" }).apply(joined);
  return model({
    inputs: input,
    outputs: layers.dense({ units: 465, activation: "softmax", name: "output" }).apply(average),
  });
}

/** The numbers of a text's last letters, as textgenrnn gives them to its model. */
function numbersOf(text, vocabulary) {
  const numbers = [0, ...Array.from(text, (letter) => vocabulary[letter] ?? 0)].slice(-maxLength);
  return [...Array.from({ length: maxLength - numbers.length }, () => 0), ...numbers];
}

/** The likeliest letters behind a text, one after another. */
async function greedyText(net, text, { vocabulary, letters }) {
  let made = "";
  while (made.length < numLetters) {
    const row = await net.predictOnBatch(tensor([numbersOf(text + made, vocabulary)], { dtype: "i32" }));
    const [next] = await row.argMax(-1).data();
    made += letters[next] ?? "";
    if (letters[next] === undefined) break;
  }
  return made;
}

/** The largest difference from Keras in a probability, Keras's version, and what follows each text: here and in Keras. */
export async function compare() {
  const net = network();
  await net.loadWeights(weights);
  const vocabulary = JSON.parse(readFileSync(join(root, ".data/textgenrnn/textgenrnn_vocab.json"), "utf8"));
  const texts = ["What is the best way to ", "TIL that the ", "My "];
  const rows = texts.map((text) => numbersOf(text, vocabulary));
  const answer = await net.predictOnBatch(tensor(rows, { dtype: "i32" }));
  const numbers = Array.from(await answer.data());
  const letters = Object.fromEntries(Object.entries(vocabulary).map(([letter, number]) => [number, letter]));
  const next = [];
  for (const text of texts) next.push(await greedyText(net, text, { vocabulary, letters }));
  return { ...byKeras({ rows, numbers, texts, vocabulary, numLetters }), texts, next };
}

function byKeras(answer) {
  const folder = mkdtempSync(join(tmpdir(), "textgenrnn-"));
  try {
    const file = join(folder, "answer.json");
    writeFileSync(file, JSON.stringify(answer));
    const python = join(root, ".peers/python/bin/python");
    return JSON.parse(execFileSync(python, [join(root, "scripts/textgenrnn.py"), weights, file]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { distance, version, texts, next, keras } = await compare();
  await closeDevice();
  for (const [place, text] of texts.entries()) {
    const isEqual = next[place] === keras[place];
    console.log(
      JSON.stringify(text),
      "goes on with",
      JSON.stringify(next[place]),
      isEqual ? "as in Keras" : `BUT ${keras[place]}`,
    );
  }
  console.log(`distance from Keras ${version}: ${distance.toExponential(1)}`);
  process.exitCode = distance <= 1e-5 && next.join("\n") === keras.join("\n") ? 0 : 1;
}
