// Layers of categories and sizes against Keras, and what they learn from data.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { binBoundariesOf, vocabularyOf, type VocabularyOptions } from "#learning/data/adapt.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import type { Layer, SampleType } from "#learning/nn/layer.ts";
import { layerFromConfig, layers } from "#learning/nn/layers.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

type Options = Parameters<typeof layerFromConfig>[0]["options"];
interface Case {
  readonly layer: string;
  readonly options: Options;
  readonly inputs: readonly GoldenTensor[];
  readonly output: GoldenTensor;
}
interface PictureCase {
  readonly layer: string;
  readonly options: Options;
  readonly shape: readonly number[];
  readonly output: GoldenTensor;
}
interface BinCase {
  readonly numBins: number;
  readonly epsilon: number;
  readonly size: number;
  readonly batch: number;
  readonly boundaries: readonly number[];
}
interface VocabularyCase {
  readonly options: Omit<VocabularyOptions, "signal">;
  readonly data: readonly (readonly number[])[];
  readonly vocabulary: readonly number[];
  readonly idfWeights?: readonly number[];
  readonly output: GoldenTensor;
}
interface Golden {
  readonly cases: readonly Case[];
  readonly resized: readonly PictureCase[];
  readonly bins: readonly BinCase[];
  readonly vocabularies: readonly VocabularyCase[];
}

const golden = readGolden("preprocessing") as Golden;

beforeAll(() => useDevice("js"));

function typesOf(inputs: readonly Tensor[]): SampleType[] {
  return inputs.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
}

async function output(layer: Layer, inputs: readonly Tensor[], expected: GoldenTensor): Promise<number[]> {
  const [found] = layer.call({}, inputs, { training: false }).outputs;
  const [type] = layer.outputTypes(typesOf(inputs), "layer");
  expect(found?.shape).toEqual(expected.shape);
  expect(type).toEqual({ shape: expected.shape.slice(1), dtype: expected.dtype === "i32" ? "i32" : "f32" });
  return found === undefined ? [] : read(found);
}

describe("categories equal Keras", () => {
  const named = golden.cases.map(
    (one, index) => [`${index} ${one.layer} ${JSON.stringify(one.options)}`, one] as const,
  );
  test.each(named)("%s", async (_, { layer: kind, options, inputs, output: expected }) => {
    // One-hot codes of Keras's lookups are integers; ours are f32, as all rows are.
    const isRow = "outputMode" in options && options["outputMode"] !== "int";
    const wanted = isRow ? { ...expected, dtype: expected.dtype } : expected;
    const layer = layerFromConfig({ kind, options });
    const tensors = inputs.map(goldenTensor);
    const [found] = layer.call({}, tensors, { training: false }).outputs;
    expect(found?.shape).toEqual(wanted.shape);
    expect(layer.outputTypes(typesOf(tensors), "layer")).toEqual([
      { shape: wanted.shape.slice(1), dtype: isRow ? "f32" : wanted.dtype },
    ]);
    expect(distance(await read(found!), goldenValues(wanted))).toBeLessThan(1e-6);
  });

  test("on wasm as on the oracle", async () => {
    await useDevice("wasm", { threads: 2 });
    try {
      for (const { layer: kind, options, inputs, output: expected } of golden.cases) {
        const [found] = layerFromConfig({ kind, options }).call({}, inputs.map(goldenTensor), {
          training: false,
        }).outputs;
        expect(distance(await read(found!), goldenValues(expected)), `${kind} ${JSON.stringify(options)}`).toBeLessThan(
          1e-6,
        );
      }
    } finally {
      await useDevice("js");
    }
  });
});

describe("sizes equal Keras", () => {
  const named = golden.resized.map(
    (one, index) => [`${index} ${one.layer} ${JSON.stringify(one.options)}`, one] as const,
  );
  test.each(named)("%s", async (_, { layer: kind, options, shape, output: expected }) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const x = tensor(Float32Array.from(uniformValues(31, size, 100, 100)), { shape });
    const found = await output(layerFromConfig({ kind, options }), [x], expected);
    expect(distance(found, goldenValues(expected))).toBeLessThan(5e-6);
  });
});

describe("what layers learn equals Keras's adapt", () => {
  test.each(golden.bins.map((one) => [JSON.stringify({ ...one, boundaries: undefined }), one] as const))(
    "ranges %s",
    async (_, { numBins, epsilon, size, batch, boundaries }) => {
      const values = Float32Array.from(uniformValues(41, size, 5, 1)).map((value) => {
        return Math.fround(Math.fround(value * value) * value);
      });
      const data = fromArrays({ data: values, shape: [size, 1], dtype: "f32" }, new Float32Array(size), {
        batchSize: batch,
      });
      const found = await binBoundariesOf(data, { numBins, epsilon });
      expect(found.binBoundaries.length).toBe(boundaries.length);
      expect(distance(found.binBoundaries, boundaries)).toBeLessThan(1e-6);
      expect(layers.discretization(found).config.options["binBoundaries"]).toEqual(found.binBoundaries);
    },
  );

  test.each(golden.vocabularies.map((one) => [JSON.stringify(one.options), one] as const))(
    "a vocabulary %s",
    async (_, { options, data, vocabulary, idfWeights, output: expected }) => {
      const rows = fromArrays(
        { data: Int32Array.from(data.flat()), shape: [4, 3], dtype: "i32" },
        new Float32Array(4),
        {
          batchSize: 3,
        },
      );
      const found = await vocabularyOf(rows, options);
      const layer = layers.integerLookup(found);
      const special = vocabulary.length - found.vocabulary.length;
      expect(found.vocabulary).toEqual(vocabulary.slice(special));
      if (idfWeights !== undefined)
        expect(distance(found.idfWeights ?? [], idfWeights.slice(special))).toBeLessThan(1e-6);
      const x = tensor(Int32Array.from(data.flat()), { shape: [4, 3] });
      expect(
        distance(await read(layer.call({}, [x], { training: false }).outputs[0]!), goldenValues(expected)),
      ).toBeLessThan(1e-6);
    },
  );

  test("plain numbers are one batch", async () => {
    expect(await binBoundariesOf([4, 1, 3, 2], { numBins: 2 })).toEqual({ binBoundaries: [2] });
    expect((await vocabularyOf([5, 7, 5])).vocabulary).toEqual([5, 7]);
    await expect(binBoundariesOf([], { numBins: 2 })).rejects.toThrow("the data has no values");
  });
});

test.each<[() => unknown, string]>([
  [() => layers.categoryEncoding({ numTokens: 0 }), "numTokens is 0"],
  [() => layers.discretization({ binBoundaries: [1, 0] }), "boundary 1 of binBoundaries falls"],
  // @ts-expect-error Keras's numBins needs data.
  [() => layers.discretization({ numBins: 3 }), "binBoundariesOf(data, { numBins })"],
  [() => layers.integerLookup({ vocabulary: [1, 1] }), "the vocabulary has 1 twice"],
  [() => layers.integerLookup({ vocabulary: [] }), "the vocabulary is empty"],
  [() => layers.integerLookup({ vocabulary: [1, 2], maxTokens: 2 }), "3 indices are more than maxTokens 2"],
  [() => layers.integerLookup({ vocabulary: [1, 0], maskToken: 0 }), "reserved token 0"],
  [() => layers.integerLookup({ vocabulary: [1], outputMode: "tfIdf" }), "Give one number a token"],
  [
    () => layers.integerLookup({ vocabulary: [1], outputMode: "tfIdf", idfWeights: [1, 2] }),
    "2 idfWeights for 1 tokens",
  ],
  [() => layers.hashing({ numBins: 2 ** 24 }), "Give at most 8388608"],
  [() => layers.resizing({ height: 2, width: 2, cropToAspectRatio: true, padToAspectRatio: true }), "Leave one out"],
])("%s is refused", (make, message) => {
  expect(make).toThrow(message);
});

test.each<[Layer, string]>([
  [layers.categoryEncoding({ numTokens: 2, inputShape: [2, 3] }), "expected one axis"],
  [layers.hashedCrossing({ numBins: 2, inputShape: [2] }), "two or more of one number a sample"],
  [layers.randomHue({ factor: 0.1, inputShape: [4, 4, 1] }), "have 1 channels, expected 3"],
])("a shape that does not fit is refused", (layer, message) => {
  expect(() => sequential([layer]).build()).toThrow(message);
});
