import { expect, test } from "vitest";
import { WordVectors } from "#learning/zoo/word2vec/word-vectors.ts";

test("vectors that others have learnt answer alike", () => {
  const vectors = WordVectors.of(
    ["king", "man", "woman", "queen", "apple"],
    Float32Array.of(3, 1, 1, 1, 1, 3, 3, 3, -1, 0),
  );
  const [nearest] = vectors.mostSimilar({ positive: ["king", "woman"], negative: ["man"] }, { topN: 1 });
  expect(nearest?.word).toBe("queen");
  expect([...vectors.vector("woman")]).toEqual([1, 3]);
});

test("what makes no table is refused", () => {
  expect(() => WordVectors.of(["a", "b"], new Float32Array(3))).toThrow(/3 numbers for 2 words make no rows/);
  expect(() => WordVectors.of([], new Float32Array())).toThrow(/0 numbers for 0 words/);
  expect(() => WordVectors.of(["a", "a"], new Float32Array(4))).toThrow(/a word comes twice/);
});
