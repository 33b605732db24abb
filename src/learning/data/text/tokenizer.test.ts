// Tokenizers through the package: round trips, frames, cutting and padding. Skips where the package is not installed.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeTexts } from "./text-folder.ts";
import { tokenizer } from "./tokenizer.ts";
import { trainBytePair, trainWordPiece } from "./train-tokenizer.ts";

const texts = ["the cat sat on the mat", "the dog sat", "a cat and a dog"];

describe("with @huggingface/tokenizers", () => {
  test("bytes give every text back", async () => {
    const bytes = await tokenizer(trainBytePair(texts, { vocabularySize: 270, specialTokens: ["<|endoftext|>"] }));
    expect(bytes.vocabularySize).toBe(270);
    expect(bytes.specialTokens).toEqual({ "<|endoftext|>": 0 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(bytes.decode(bytes.encode(text).ids.data)).toBe(text);
      }),
    );
  });

  test("characters give words back, with one blank between", async () => {
    const words = await tokenizer(trainBytePair(texts, { unit: "character", vocabularySize: 60 }));
    expect(words.decode(words.encode("the  cat\nsat").ids.data)).toBe("the cat sat");
    expect(Array.from(words.encode("Q").ids.data)).toEqual([words.idOf("<unk>")]);
  });

  test("WordPiece frames a text, cuts it and pads it", async () => {
    const words = await tokenizer(trainWordPiece(texts, { vocabularySize: 60 }));
    const [cls, sep] = [words.idOf("[CLS]")!, words.idOf("[SEP]")!];
    const plain = Array.from(words.encode("the cat", { addSpecialTokens: false }).ids.data);
    expect(Array.from(words.encode("The CAT").ids.data)).toEqual([cls, ...plain, sep]);
    expect(words.decode([cls, ...plain, sep])).toBe("the cat");
    expect(words.decode([cls, ...plain, sep], { skipSpecialTokens: false })).toBe("[CLS] the cat [SEP]");
    const cut = words.encode("the cat sat", { maxLength: 3 });
    expect(Array.from(cut.ids.data)).toEqual([cls, plain[0], sep]);
    const batch = words.encode(["the cat", "the"], { padding: true });
    expect(batch.ids.shape).toEqual([2, 4]);
    expect(Array.from(batch.ids.data)).toEqual([cls, ...plain, sep, cls, plain[0], sep, 0]);
    expect(Array.from(batch.attentionMask.data)).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
    const wide = words.encode("the", { maxLength: 5, padding: "maxLength" });
    expect(Array.from(wide.attentionMask.data)).toEqual([1, 1, 1, 0, 0]);
    const left = await tokenizer(words.json, { paddingSide: "left" });
    expect(Array.from(left.encode("the", { maxLength: 5, padding: "maxLength" }).ids.data)).toEqual([
      0,
      0,
      cls,
      plain[0],
      sep,
    ]);
    expect(words.encode([], { padding: true }).ids.shape).toEqual([0, 0]);
  });

  test("texts with labels become a data set", async () => {
    const words = await tokenizer(trainWordPiece(texts, { vocabularySize: 60 }));
    const labelled = { texts, labels: Int32Array.of(0, 1, 0), classNames: ["cat", "dog"], files: ["1", "2", "3"] };
    const dataset = encodeTexts(labelled, words, { maxLength: 6, batchSize: 2, labelMode: "binary", shuffle: false });
    const shapes: unknown[] = [];
    for await (const { x, y } of dataset.batches(0)) shapes.push([x.shape, x.dtype, Array.from(y!.data)]);
    expect(shapes).toEqual([
      [[2, 6], "i32", [0, 1]],
      [[1, 6], "i32", [0]],
    ]);
    expect(() => encodeTexts({ ...labelled, labels: undefined }, words, { maxLength: 6, labelMode: "sparse" })).toThrow(
      /no labels/,
    );
  });

  test("what cannot be done is refused", async () => {
    const bytes = await tokenizer(trainBytePair(texts));
    expect(() => bytes.encode(["a", "a b c"])).toThrow(/make no tensor/);
    expect(() => bytes.encode(["a", "a b c"], { padding: true })).toThrow(/no token to pad with/);
    expect(() => bytes.encode("a", { padding: "maxLength" })).toThrow(/need maxLength/);
    expect(() => bytes.encode("a", { max_length: 3 } as object)).toThrow(/Write maxLength/);
    expect(() => bytes.decode([100_000])).toThrow(/no token has the number 100000/);
    expect(bytes.decode([])).toBe("");
    await expect(tokenizer(trainBytePair(texts), { padToken: "<pad>" })).rejects.toThrow(/not in the vocabulary/);
    const words = await tokenizer(trainWordPiece(texts));
    expect(() => words.encode("the", { maxLength: 1 })).toThrow(/no room/);
    const odd = { ...trainBytePair(texts), normalizer: { type: "Nonsense" } };
    await expect(tokenizer(odd)).rejects.toMatchObject({ code: "format" });
    const merged = { type: "Split", pattern: { String: " " }, behavior: "MergedWithNext", invert: false };
    await expect(tokenizer({ ...trainBytePair(texts), pre_tokenizer: merged })).rejects.toThrow(/MergedWithNext/);
  });
});
