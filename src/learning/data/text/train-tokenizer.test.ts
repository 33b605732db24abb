import { expect, test } from "vitest";
import { trainBytePair, trainWordPiece } from "./train-tokenizer.ts";

const sennrich = ["low ".repeat(5), "lower ".repeat(2), "newest ".repeat(6), "widest ".repeat(3)];

test("the example of Sennrich et al.: es, est, lo", () => {
  const { model } = trainBytePair(sennrich, { unit: "character", vocabularySize: 10_000, minFrequency: 7 });
  const merges = (model["merges"] as string[][]).map((pair) => pair.join("+"));
  expect(merges).toEqual(["e+s", "es+t</w>", "l+o"]);
});

test("bytes: the whole alphabet is there, and the size is kept", () => {
  const { model, pre_tokenizer: cut } = trainBytePair(["the the theme"], { vocabularySize: 260 });
  const vocabulary = model["vocab"] as Record<string, number>;
  expect(Object.keys(vocabulary)).toHaveLength(260);
  expect(vocabulary["!"]).toBe(0);
  expect(vocabulary["he"]).toBe(256);
  expect(cut!.type).toBe("ByteLevel");
});

test("special tokens come first; WordPiece marks what goes on", () => {
  const { model, added_tokens: added } = trainWordPiece(["Reading read reader", "READ"], { vocabularySize: 40 });
  const vocabulary = model["vocab"] as Record<string, number>;
  expect(added.map(({ content, id }) => [content, id])).toEqual([
    ["[PAD]", 0],
    ["[UNK]", 1],
    ["[CLS]", 2],
    ["[SEP]", 3],
    ["[MASK]", 4],
  ]);
  expect(Object.keys(vocabulary)).toContain("read");
  expect(Object.keys(vocabulary)).toContain("##e");
  expect(Object.keys(vocabulary).every((token) => token === token.toLowerCase() || token.startsWith("["))).toBe(true);
});

test("the alphabet may be limited to the most frequent characters", () => {
  const { model } = trainWordPiece(["aaa bb c"], { limitAlphabet: 2, specialTokens: ["[UNK]"], minFrequency: 9 });
  expect(Object.keys(model["vocab"] as object)).toEqual(["[UNK]", "a", "b", "##a", "##b"]);
});

test("bad options are refused", () => {
  expect(() => trainBytePair([], { vocab_size: 3 } as object)).toThrow(/vocab_size/);
  expect(() => trainBytePair([], { unit: "letter" as "byte" })).toThrow(/unit "letter"/);
  expect(() => trainWordPiece([], { vocabularySize: 0 })).toThrow(/vocabularySize is 0/);
});
