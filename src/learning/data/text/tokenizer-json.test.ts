// Reading a tokenizer.json trusts nothing: whatever is damaged gives an error of code "format".

import fc from "fast-check";
import { expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { readTokenizerJson } from "./tokenizer-json.ts";
import { trainBytePair, trainWordPiece } from "./train-tokenizer.ts";

const files = [trainBytePair(["a b"], { vocabularySize: 258 }), trainWordPiece(["a b ab"])].map((json) =>
  JSON.stringify(json),
);

test("object, text and bytes give the same", () => {
  for (const file of files) {
    const object: object = JSON.parse(file);
    expect(readTokenizerJson(file)).toEqual(object);
    expect(readTokenizerJson(new TextEncoder().encode(file))).toEqual(object);
    expect(readTokenizerJson(object)).toEqual(object);
  }
});

test("cut and changed files give an error, or a tokenizer", () => {
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 0, max: 255 }), (file, place, byte) => {
      const bytes = new TextEncoder().encode(file);
      const at = place % bytes.length;
      const changed = bytes.slice();
      changed[at] = byte;
      for (const damaged of [bytes.subarray(0, at), changed]) {
        try {
          readTokenizerJson(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SinterError);
          expect((error as SinterError).code).toBe("format");
        }
      }
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["no object", "[]"],
  ["no model", "{}"],
  ["WordLevel", { model: { type: "WordLevel", vocab: { a: 0 } } }],
  ["no tokens", { model: { type: "BPE", vocab: {}, merges: [] } }],
  ["a huge number", { model: { type: "BPE", vocab: { a: 1e12 }, merges: [] } }],
  ["no number", { model: { type: "WordPiece", vocab: { a: "0" } } }],
  ["no merges", { model: { type: "BPE", vocab: { a: 0 } } }],
  ["no scores", { model: { type: "Unigram", vocab: ["a"], unk_id: 0 } }],
  ["no unknown token", { model: { type: "Unigram", vocab: [["a", 0]], unk_id: 7 } }],
  ["a step without a type", { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, decoder: {} }],
  ["an added token without a number", { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [{}] }],
])("%s", (_name, json) => {
  expect(() => readTokenizerJson(json)).toThrow(expect.objectContaining({ code: "format" }));
});
