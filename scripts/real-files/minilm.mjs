// Vectors of texts by MiniLM's real weights beside those of transformers: all of 20 sentences, and the token numbers of mails.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { textEmbedder } from "sinter/tasks";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".data", "minilm");

export const sentences = [
  "A man is eating food.",
  "A man is eating a piece of bread.",
  "The girl is carrying a baby.",
  "A cheetah is running behind its prey.",
  "Someone in a gorilla costume is playing a set of drums.",
  "How do I reset the password of my account?",
  "I cannot log in, because I have forgotten my password!",
  "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife.",
  "It rains cats and dogs in London today; take an umbrella.",
  "The weather forecast says: 23 °C and sunshine, wind 5–10 km/h.",
  "Gradient descent follows the negative slope of the loss.",
  "Neural networks learn their weights by back-propagation.",
  "Café au lait, naïve façade, coöperate, Zürich, São Paulo.",
  "今天天气很好,我们去公园吧。",
  "Der Hund läuft über die Straße.",
  "🙂 emoji, CamelCase, snake_case and e-mail@example.com …",
  "ANTIDISESTABLISHMENTARIANISM is supercalifragilisticexpialidocious",
  "x",
  "",
  "The quick brown fox jumps over the lazy dog. ".repeat(60),
];

/** The first mails of each class, as they are: names, markup, broken bytes. */
function mails(count) {
  return ["ham", "spam"].flatMap((name) => {
    const from = join(root, ".data", "spam", name);
    const files = readdirSync(from)
      .toSorted()
      .slice(0, count / 2);
    return files.map((file) => readFileSync(join(from, file), "utf8"));
  });
}

/** The least cosine of the sentences, and how many texts have other token numbers than there. */
export async function compare() {
  const embedder = await textEmbedder.load(folder);
  const { dimension, maxLength } = embedder;
  const texts = [...sentences, ...mails(200)];
  const asked = { folder, texts, numVectors: sentences.length, maxLength };
  const script = fileURLToPath(new URL("minilm.py", import.meta.url));
  const python = join(root, ".peers", "python", "bin", "python");
  const options = { input: JSON.stringify(asked), maxBuffer: 2 ** 28, encoding: "utf8" };
  const there = JSON.parse(execFileSync(python, [script], { ...options, stdio: ["pipe", "pipe", "ignore"] }));
  const vectors = await (await embedder.embed(sentences)).data();
  const cosines = there.vectors.map((vector, place) =>
    vector.reduce((sum, value, at) => sum + value * vectors[place * dimension + at], 0),
  );
  const numOther = there.ids.filter((ids, place) => {
    const own = embedder.tokenizer.encode(texts[place], { maxLength }).ids.data;
    return ids.length !== own.length || ids.some((id, at) => id !== own[at]);
  }).length;
  return { version: there.version, cosine: Math.min(...cosines), numTexts: texts.length, numOther };
}
