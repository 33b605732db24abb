// Learning from little: is a mail wanted or not, from 100 mails of each kind. MiniLM's vectors and one dense layer, beside a bag of
// words (TF-IDF) and one dense layer, both in sinter, and beside scikit-learn's logistic regression on transformers' vectors; the mean of
// 5 draws, tested on 300 other mails of each kind. Then the nearest neighbours of some mails.
// Run: npm run build; node scripts/fetch-data.mjs minilm spam; node scripts/mail-embeddings.mjs (some minutes; vectors are kept in
// .data/mail-embeddings). Needs scripts/peers.mjs for the last row.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, regularizers, sequential, tensor } from "sinter";
import { textVectorization } from "sinter/data";
import { closeDevice } from "sinter/engine";
import { textEmbedder } from "sinter/tasks";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".data", "minilm");
const kept = join(root, ".data", "mail-embeddings");
const [numDraws, numTrained, numKept, maxLength] = [5, 100, 400, 128];

/** Whole numbers below `count` in an order that the seed says. */
function shuffled(count, seed) {
  const order = Array.from({ length: count }, (_, place) => place);
  let state = seed;
  for (let last = count - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** A mail's body: what follows its head, without markup. */
function body(mail) {
  const text = mail.replaceAll("\r\n", "\n").split("\n\n").slice(1).join("\n\n");
  return text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 4000);
}

const mails = ["ham", "spam"].flatMap((name, label) => {
  const from = join(root, ".data", "spam", name);
  const files = readdirSync(from).toSorted();
  const texts = shuffled(files.length, 7 + label).map((place) => readFileSync(join(from, files[place]), "utf8"));
  const chosen = texts.map((mail) => ({ label, text: body(mail), subject: /^Subject: (.*)$/im.exec(mail)?.[1] ?? "" }));
  return chosen.filter(({ text }) => text.length >= 40).slice(0, numKept);
});
const texts = mails.map(({ text }) => text);
const labels = mails.map(({ label }) => label);
const draws = Array.from({ length: numDraws }, (_, draw) => {
  const orders = [0, 1].map((label) =>
    shuffled(numKept, 100 + 2 * draw + label).map((place) => label * numKept + place),
  );
  return [orders.flatMap((order) => order.slice(0, numTrained)), orders.flatMap((order) => order.slice(numTrained))];
});

/** Vectors of all mails, computed once. */
async function vectorsOfMails() {
  const file = join(kept, `sinter-${numKept}-${maxLength}.f32`);
  if (existsSync(file)) return new Float32Array(readFileSync(file).buffer);
  const embedder = await textEmbedder.load(folder, { maxLength });
  const started = performance.now();
  const vectors = await (await embedder.embed(texts)).data();
  console.error(`${texts.length} mails embedded in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  mkdirSync(kept, { recursive: true });
  writeFileSync(file, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
  return vectors;
}

/** The share of the tested mails that one dense layer, fitted to the trained ones, tells right. @param rowsOf [mails, features] */
async function accuracyOf([train, test], width, rowsOf, options) {
  const y = (places) =>
    tensor(
      Float32Array.from(places, (place) => labels[place]),
      { shape: [places.length, 1] },
    );
  const net = sequential([
    layers.dense({ units: 1, activation: "sigmoid", inputShape: [width], kernelRegularizer: options.regularizer }),
  ]);
  net.compile({ optimizer: "adam", learningRate: options.rate, loss: "binaryCrossentropy", metrics: ["accuracy"] });
  await net.fit(rowsOf(train), y(train), { epochs: options.epochs, batchSize: 2 * numTrained, verbose: 0 });
  return (await net.evaluate(rowsOf(test), y(test), { batchSize: test.length, verbose: 0 })).accuracy;
}

/** Weights of words that the trained mails have, each row divided by its length; what others have (column 0) is left out. */
function bagOfWords([train]) {
  const vectorize = textVectorization({ maxTokens: 5000, outputMode: "tfIdf" });
  vectorize.adapt(train.map((place) => texts[place]));
  const width = vectorize.vocabularySize() - 1;
  const rowsOf = (places) => {
    const rows = vectorize.call(places.map((place) => texts[place])).slice([0, 1], [-1, width]);
    return rows.div(rows.square().sum([-1], { keepDims: true }).add(1e-12).sqrt());
  };
  return { width, rowsOf };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const row = (name, accuracies) => {
  const percents = accuracies.map((value) => (100 * value).toFixed(1));
  console.log(`| ${name} | ${(100 * mean(accuracies)).toFixed(2)} | ${percents.join(", ")} |`);
};

const vectors = await vectorsOfMails();
const dimension = vectors.length / texts.length;
const rowsOf = (places) => {
  const rows = places.flatMap((place) => Array.from(vectors.subarray(place * dimension, (place + 1) * dimension)));
  return tensor(Float32Array.from(rows), { shape: [places.length, dimension] });
};
const [found, words] = [[], []];
for (const draw of draws) {
  // The objective of scikit-learn's logistic regression with C = 1.
  const l2 = regularizers.l2({ l2: 1 / (4 * numTrained) });
  found.push(await accuracyOf(draw, dimension, rowsOf, { regularizer: l2, rate: 0.1, epochs: 200 }));
  const bag = bagOfWords(draw);
  words.push(await accuracyOf(draw, bag.width, bag.rowsOf, { regularizer: l2, rate: 0.1, epochs: 200 }));
}
console.log(
  `| ${numTrained} mails a class, tested on ${numKept - numTrained} others | accuracy, mean of ${numDraws} | each |`,
);
console.log("|---|---|---|");
row("sinter: MiniLM, dense", found);
row("sinter: TF-IDF, dense", words);
const python = join(root, ".peers", "python", "bin", "python");
if (existsSync(python)) {
  const cache = join(kept, `reference-${numKept}-${maxLength}.npy`);
  const asked = JSON.stringify({ folder, texts, labels, draws, maxLength, cache });
  const script = fileURLToPath(new URL("mail-embeddings.py", import.meta.url));
  const options = { input: asked, maxBuffer: 2 ** 28, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] };
  const there = JSON.parse(execFileSync(python, [script], options));
  const library = `scikit-learn ${there.versions["scikit-learn"]}`;
  row(`${library}: logistic regression on transformers ${there.versions.transformers}`, there.accuracies);
  row(`${library}: logistic regression on TF-IDF`, there.ofWords);
  const distance = 100 * (mean(found) - mean(there.accuracies));
  const above = 100 * (mean(found) - mean(words));
  const isNear = Math.abs(distance) <= 0.5;
  console.log(`${isNear ? "ok" : "FAIL"}: ${distance.toFixed(2)} points from the reference, at most 0.5 asked`);
  console.log(`${above.toFixed(2)} points above the bag of words`);
  if (!isNear) process.exitCode = 1;
}

const product = (one, other) => {
  let sum = 0;
  for (let at = 0; at < dimension; at++) sum += vectors[one * dimension + at] * vectors[other * dimension + at];
  return sum;
};
console.log("\nNearest neighbours (cosine):");
for (const place of [3, 11, 19, 401, 409, 417]) {
  const others = mails.map((_, other) => ({ other, cosine: other === place ? -1 : product(place, other) }));
  const [first, second] = others.toSorted((a, b) => b.cosine - a.cosine);
  const told = (at) => `${["ham", "spam"][labels[at]]} "${mails[at].subject.slice(0, 60)}"`;
  console.log(told(place));
  for (const { other, cosine } of [first, second]) console.log(`  ${cosine.toFixed(2)} ${told(other)}`);
}
await closeDevice();
