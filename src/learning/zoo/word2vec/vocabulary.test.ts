import { describe, expect, test } from "vitest";
import { bagBatches, encodeCorpus, pairBatches } from "./examples.ts";
import { countVocabulary, keepProbabilities, noiseTable, vocabularyOf } from "./vocabulary.ts";

const sentences = [
  ["a", "b", "a", "c"],
  ["a", "b", "rare"],
];

describe("vocabulary", () => {
  test("words by how often they occur, rare ones left out", () => {
    const { words, counts, total } = countVocabulary([...sentences, ["c"]], 2);
    expect(words).toEqual(["a", "b", "c"]);
    expect(counts).toEqual([3, 2, 2]);
    expect(total).toBe(7);
  });

  test("frequent words are kept less often: gensim's figures", () => {
    const vocabulary = vocabularyOf(["the", "of", "sail"], [9000, 900, 100]);
    const kept = Array.from(keepProbabilities(vocabulary, 1e-3));
    expect(kept[0]).toBeCloseTo((Math.sqrt(900) + 1) / 900, 12);
    expect(kept[1]).toBeCloseTo((Math.sqrt(90) + 1) / 90, 12);
    expect(kept[2]).toBeCloseTo((Math.sqrt(10) + 1) / 10, 12);
    expect(Array.from(keepProbabilities(vocabulary, 0))).toEqual([1, 1, 1]);
  });

  test("the noise table holds the distribution", () => {
    const vocabulary = vocabularyOf(["a", "b", "c", "d", "e"], [90, 81, 70, 16, 1]);
    const { own, alias } = noiseTable(vocabulary, 0.75);
    const shares = new Float64Array(5);
    own.forEach((chance, slot) => {
      shares[slot]! += chance / 5;
      shares[alias[slot]!]! += (1 - chance) / 5;
    });
    const powers = vocabulary.counts.map((count) => count ** 0.75);
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, word) => expect(shares[word]).toBeCloseTo(power / sum, 6));
  });
});

describe("examples", () => {
  const sentences = [Array.from("abcdefgh"), Array.from("ijk")];
  const vocabulary = countVocabulary(sentences, 1);
  const corpus = encodeCorpus(sentences, vocabulary);
  const options = { window: 2, keep: new Float64Array(11).fill(1), seed: 1, epoch: 0 };

  test("pairs lie within a window of a sentence, each word's reach to both sides", () => {
    const batches = [...pairBatches(corpus, 4, options)];
    const count = batches.reduce((sum, batch) => sum + batch.count, 0);
    const centers = batches.flatMap((batch) => Array.from(batch.centers)).slice(0, count);
    const contexts = batches.flatMap((batch) => Array.from(batch.contexts)).slice(0, count);
    const allowed = new Set<string>();
    for (const sentence of sentences) {
      sentence.forEach((center, place) => {
        sentence.forEach((other, at) => {
          if (at !== place && Math.abs(at - place) <= 2) allowed.add(`${center} ${other}`);
        });
      });
    }
    const { words } = vocabulary;
    centers.forEach((center, index) => expect(allowed).toContain(`${words[center]} ${words[contexts[index]!]}`));
    // Each word reaches one or two words far, now and then each.
    expect(count).toBeGreaterThan(18);
    expect(count).toBeLessThan(32);
    expect(batches.at(-1)!.progress).toBe(1);
    expect([...pairBatches(corpus, 4, options)]).toEqual(batches);
    expect([...pairBatches(corpus, 4, { ...options, epoch: 1 })]).not.toEqual(batches);
  });

  test("bags hold what pairs hold", () => {
    const pairs = [...pairBatches(corpus, 100, options)][0]!;
    const bags = [...bagBatches(corpus, 100, options)][0]!;
    const fromBags = Array.from(bags.centers.subarray(0, bags.count)).flatMap((center, row) =>
      Array.from(bags.contexts.subarray(row * 4, row * 4 + 4)).flatMap((other) => (other < 0 ? [] : [[center, other]])),
    );
    const fromPairs = Array.from(pairs.centers.subarray(0, pairs.count)).map((center, index) => [
      center,
      pairs.contexts[index],
    ]);
    expect(fromBags).toEqual(fromPairs);
  });

  test("occurrences are left out as often as their probability says", () => {
    const long = encodeCorpus([Array.from({ length: 4000 }, (_, index) => (index % 2 === 0 ? "a" : "b"))], vocabulary);
    const keep = new Float64Array(11).fill(1).fill(0.25, 0, 1);
    const [batch] = bagBatches(long, 5000, { ...options, keep });
    const numA = batch!.centers.subarray(0, batch!.count).filter((word) => word === 0).length;
    expect(numA).toBeGreaterThan(420);
    expect(numA).toBeLessThan(580);
  });
});
