// Lookups of strings and vectors of texts against Keras and TensorFlow.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { fingerprint64, hashBucket, sipHash } from "#engine/base/hash-text.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { stringLookup, type NestedStrings, type StringLookupOptions } from "#learning/data/string-lookup.ts";
import { textVectorization, type TextVectorizationOptions } from "#learning/data/text-vectorization.ts";
import { distance, goldenValues, read, readGolden, type GoldenTensor } from "./golden.ts";

interface TextCase {
  readonly options: TextVectorizationOptions;
  readonly isAdapted: boolean;
  readonly vocabulary: readonly string[];
  readonly plain: readonly string[];
  readonly size: number;
  readonly output: GoldenTensor;
}
interface LookupCase {
  readonly options: StringLookupOptions;
  readonly adapt?: readonly (string | readonly string[])[];
  readonly strings: NestedStrings;
  readonly vocabulary: readonly string[];
  readonly output: GoldenTensor;
}
interface Golden {
  readonly texts: readonly string[];
  readonly fresh: readonly string[];
  readonly cases: readonly TextCase[];
  readonly lookups: readonly LookupCase[];
  readonly inverses: readonly { options: StringLookupOptions; indices: number[]; strings: string[] }[];
  readonly hashes: { readonly strings: string[]; readonly fast: number[]; readonly strong: number[] };
}

const golden = readGolden("text-layers") as Golden;
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

beforeAll(() => useDevice("js"));

describe("textVectorization equals Keras", () => {
  test.each(golden.cases.map((one) => [JSON.stringify(one.options), one] as const))("%s", async (_, one) => {
    const vectorize = textVectorization(one.options);
    if (one.isAdapted) vectorize.adapt(golden.texts);
    expect(vectorize.getVocabulary()).toEqual(one.vocabulary);
    expect(vectorize.getVocabulary({ includeSpecialTokens: false })).toEqual(one.plain);
    expect(vectorize.vocabularySize()).toBe(one.size);
    const found = vectorize.call(golden.fresh);
    expect(found.shape).toEqual(one.output.shape);
    expect(found.dtype).toBe(one.options.outputMode === undefined ? "i32" : "f32");
    expect(distance(await read(found), goldenValues(one.output))).toBeLessThan(3e-6);
    const again = textVectorization(json(vectorize.getConfig()) as TextVectorizationOptions);
    expect(await read(again.call(golden.fresh))).toEqual(await read(found));
    expect(again.getConfig()).toEqual(vectorize.getConfig());
  });

  test("functions standardize and split", async () => {
    const vectorize = textVectorization({
      standardize: (text) => text.toUpperCase(),
      split: (text) => text.split("-"),
      vocabulary: ["A", "B"],
    });
    expect(await read(vectorize.call(["a-b", "b-c"]))).toEqual([2, 3, 3, 1]);
    expect(() => vectorize.getConfig()).toThrow("functions are no JSON");
  });

  test("without split a text is one token", async () => {
    const vectorize = textVectorization({ split: null, standardize: null });
    vectorize.adapt(["New York", "Oslo", "Oslo"]);
    expect(vectorize.getVocabulary()).toEqual(["", "[UNK]", "Oslo", "New York"]);
    expect(await read(vectorize.call(["New York", "Bern"]))).toEqual([3, 1]);
  });

  test.each<[() => unknown, string]>([
    [() => textVectorization().call(["a"]), "no vocabulary yet"],
    [() => textVectorization({ vocabulary: ["a"] }).adapt(["b"]), "adapt after a vocabulary was given"],
    [() => textVectorization({ outputMode: "count", outputSequenceLength: 3 }), 'It is of "int"'],
    [() => textVectorization({ ngrams: 0 }), "ngrams is 0"],
    // @ts-expect-error Keras's name.
    [() => textVectorization({ max_tokens: 3 }), "Write maxTokens"],
  ])("%s is refused", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("stringLookup equals Keras", () => {
  test.each(golden.lookups.map((one) => [JSON.stringify(one.options), one] as const))("%s", async (_, one) => {
    const lookup = stringLookup(one.options);
    if (one.adapt !== undefined) lookup.adapt(one.adapt);
    expect(lookup.getVocabulary()).toEqual(one.vocabulary);
    const found = lookup.call(one.strings);
    expect(found.shape).toEqual(one.output.shape);
    expect(distance(await read(found), goldenValues(one.output))).toBeLessThan(3e-6);
    const again = stringLookup(json(lookup.getConfig()) as StringLookupOptions);
    expect(await read(again.call(one.strings))).toEqual(await read(found));
  });

  test.each(golden.inverses)("back to strings %#", ({ options, indices, strings }) => {
    expect(stringLookup(options).invert(indices)).toEqual(strings);
  });

  test.each<[() => unknown, string]>([
    [() => stringLookup({ vocabulary: ["a"], numOovIndices: 0 }).call(["b"]), '"b" is not in the vocabulary'],
    [() => stringLookup({ vocabulary: ["a"] }).call([["a"], ["a", "a"]]), "lists of unequal length"],
    [() => stringLookup({ vocabulary: ["a", "a"] }), 'the vocabulary has "a" twice'],
    [() => stringLookup({ padToMaxTokens: true }), "padToMaxTokens without maxTokens"],
  ])("%s is refused", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("hashes equal TensorFlow's", () => {
  const { strings, fast, strong } = golden.hashes;
  test.each(strings.map((text, index) => [text, index] as const))("of %s", (text, index) => {
    expect(hashBucket(text, 2 ** 31 - 1)).toBe(fast[index]);
    expect(hashBucket(text, 2 ** 31 - 1, [3, 12345678901])).toBe(strong[index]);
  });

  test("are of 64 bits", () => {
    const bytes = new TextEncoder().encode("sinter");
    expect(fingerprint64(bytes)).toBeGreaterThan(2n ** 32n);
    expect(sipHash(bytes, 0n, 0n)).toBeLessThan(2n ** 64n);
  });
});
