// Our trainers against Hugging Face's, and tokenizers read from its files against what it makes of the same texts.

import { describe, expect, test } from "vitest";
import { tokenizer } from "#learning/data/text/tokenizer.ts";
import { trainBytePair, trainWordPiece } from "#learning/data/text/train-tokenizer.ts";
import { readGolden } from "./golden.ts";

interface Encoded {
  readonly text: string;
  readonly ids: number[];
  readonly framed: number[];
  readonly decoded: string;
}
interface StoredFile {
  readonly file: string;
  readonly encoded: readonly Encoded[];
}
const golden = readGolden("tokenizers") as {
  readonly corpus: string;
  readonly bytePair: StoredFile;
  readonly characterPair: { readonly merges: readonly string[]; readonly size: number };
  readonly wordPiece: { readonly tokens: readonly string[]; readonly size: number };
  readonly files: Readonly<Record<string, StoredFile>>;
};
const corpus = golden.corpus.split("\n");

describe("trainers", () => {
  test("byte pairs: the same tokens and merges", () => {
    const expected: { model: { vocab: object; merges: string[][] } } = JSON.parse(golden.bytePair.file);
    const { model } = trainBytePair(corpus, { vocabularySize: 600 });
    expect(model["merges"]).toEqual(expected.model.merges);
    expect(model["vocab"]).toEqual(expected.model.vocab);
  });

  test("character pairs: the same merges", () => {
    const { merges, size } = golden.characterPair;
    const { model } = trainBytePair(corpus, { unit: "character", vocabularySize: size });
    expect((model["merges"] as string[][]).map((pair) => pair.join(" "))).toEqual(merges);
  });

  test("WordPiece: the same tokens", () => {
    const { tokens, size } = golden.wordPiece;
    const { model } = trainWordPiece(corpus, { vocabularySize: size });
    const own = Object.keys(model["vocab"] as object).filter((token) => token.replace(/^##/, "").length > 1);
    expect(own.toSorted()).toEqual(tokens);
  });
});

describe("reading with @huggingface/tokenizers", () => {
  test.each(Object.entries({ bytePair: golden.bytePair, ...golden.files }))("%s", async (_name, { file, encoded }) => {
    const words = await tokenizer(file);
    for (const { text, ids, framed, decoded } of encoded) {
      expect(Array.from(words.encode(text, { addSpecialTokens: false }).ids.data), text).toEqual(ids);
      expect(Array.from(words.encode(text).ids.data), text).toEqual(framed);
      expect(words.decode(framed), text).toBe(decoded);
    }
  });
});
