// Word2Vec on five novels of Jane Austen beside gensim: seconds, and how many of gensim's ten nearest words are found, relative to
// how many a second run of gensim finds. Run: node scripts/fetch-data.mjs austen; scripts/accuracy/gensim_word2vec.py; npm run build;
// node scripts/word2vec.mjs [--mode skipGram] [--mode cbow] [--device native] [--seed 1]
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { closeDevice, currentDevice, useDevice } from "sinter/engine";
import { word2Vec } from "sinter/zoo";

const root = fileURLToPath(new URL("..", import.meta.url));
const least = 0.8;
const { values: options } = parseArgs({
  options: {
    mode: { type: "string", multiple: true, default: ["skipGram", "cbow"] },
    device: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});

/** Paragraphs as lists of words, lower case; the same as sentences() in gensim_word2vec.py. */
function sentencesOf() {
  const folder = join(root, ".data", "austen");
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt") && name !== "persuasion.txt");
  return files
    .toSorted()
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .toLowerCase()
        .split(/\n\s*\n/),
    )
    .map((paragraph) => paragraph.match(/[a-z]+/g) ?? [])
    .filter((words) => words.length > 0);
}

/** The share of the ten nearest words that two models have in common, over all words. */
function overlap(one, other) {
  const words = Object.keys(one);
  const common = words.map((word) => one[word].filter((near) => other[word].includes(near)).length / one[word].length);
  return common.reduce((sum, share) => sum + share, 0) / words.length;
}

const gensim = JSON.parse(readFileSync(join(root, "bench", "results", "gensim-word2vec.json"), "utf8"));
const sentences = sentencesOf();
if (sentences.length !== gensim.numSentences) throw new Error("the sentences are not those that gensim read");
if (options.device !== undefined) await useDevice(options.device);
for (const mode of options.mode) {
  const [first, second] = gensim[mode];
  const started = performance.now();
  const model = word2Vec({ sentences, mode, seed: Number(options.seed) });
  const losses = await model.train();
  const seconds = (performance.now() - started) / 1000;
  const near = Object.fromEntries(
    Object.keys(first.neighbours).map((word) => [word, model.mostSimilar(word).map((one) => one.word)]),
  );
  const own = (overlap(first.neighbours, near) + overlap(second.neighbours, near)) / 2;
  const reference = overlap(first.neighbours, second.neighbours);
  const ratio = own / reference;
  const times = `${seconds.toFixed(1)} s (gensim ${first.seconds} s)`;
  const shares = `overlap ${own.toFixed(3)}, of two runs of gensim ${reference.toFixed(3)}: ${ratio.toFixed(3)} (at least ${least})`;
  console.log(
    `${mode} on ${currentDevice().name}: ${times}, ${shares}, losses ${losses.map((loss) => loss.toFixed(3)).join(" ")}`,
  );
  if (ratio < least) process.exitCode = 1;
}
await closeDevice();
