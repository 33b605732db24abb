// Weights in blocks of few bits: what they are worth, that products use them as they are, and that files keep them.

import "#entry/install-node.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { currentDevice, useDevice } from "#engine/tensor/device.ts";
import { key, normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { decodeGguf } from "#learning/formats/gguf.ts";
import { quantizedTensor } from "#learning/formats/quantized-tensor.ts";
import { layers } from "#learning/nn/layers.ts";
import { dequantized, quantized, type QuantizedKind } from "#learning/nn/quantized-weight.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { model as functional } from "#learning/train/functional.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { tfjsFiles } from "#learning/train/tfjs-files.ts";
import { plainValue, plainWeights } from "#learning/train/transform-weights.ts";
import { quantizeWeights } from "#learning/train/quantize-weights.ts";
import { readGolden } from "../golden/golden.ts";

beforeAll(() => useDevice("wasm", { threads: 1 }));

const kinds: readonly QuantizedKind[] = ["q8_0", "q4_0"];
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

/** A decoder's layers, small: a table that is also the head, attention, gated dense layers. */
function decoder(): Model {
  const ids = layers.input({ shape: [6], dtype: "i32" });
  const table = layers.reversibleEmbedding({ inputDim: 50, outputDim: 64, name: "table" });
  const x = table.apply(ids);
  const attention = layers.multiHeadAttention({ numHeads: 2, keyDim: 32, name: "attention" });
  const mixed = layers.layerNormalization().apply(layers.add().apply([x, attention.apply([x, x])]));
  const hidden = layers.dense({ units: 96, activation: "gelu", name: "hidden" }).apply(mixed);
  const projected = layers.einsumDense({ equation: "abc,cd->abd", outputShape: [null, 64], name: "back" });
  return functional({ inputs: ids, outputs: table.apply(projected.apply(hidden)), seed: 3 });
}

const ids = Array.from({ length: 3 }, (_, row) =>
  Array.from({ length: 6 }, (_one, place) => (row * 17 + place * 5) % 50),
);

/** The model whose weights are what the blocks hold, in f32. */
async function dequantizedTwin(model: Model, twin: Model): Promise<Model> {
  const plain = plainWeights(model.core.network).map((weight): [string, Tensor] => [
    weight.spec.path,
    plainValue(model.core, weight),
  ]);
  twin.setWeights(Object.fromEntries(plain));
  return twin;
}

describe.each(kinds)("%s", (kind) => {
  test("a number differs by half a step at most", async () => {
    const weight = normal(key(1), [96, 20]);
    const parts = quantized(kind, weight, 0);
    const [before, after, scales] = await Promise.all([
      values(weight),
      values(dequantized(kind, parts, [96, 20], 0)),
      values(parts.scales.cast("f32").abs()),
    ]);
    // Scales are rounded to f16; nibbles reach 7, not 8: what lies opposite to the largest number may differ by a step.
    const bound = kind === "q8_0" ? 0.5 + 127 / 2048 : 1 + 8 / 2048;
    before.forEach((one, place) => {
      const scale = scales[Math.floor(place / 640) * 20 + (place % 20)] ?? 0;
      expect(Math.abs(one - (after[place] ?? 0))).toBeLessThanOrEqual(bound * scale);
    });
  });

  test("a model gives what it gives with the dequantized weights, from a part of the memory", async () => {
    const model = quantizeWeights(decoder(), { kind });
    const paths = model.network.weights.map(({ path }) => path);
    expect(paths).toContain("table/embeddings/bytes");
    expect(paths).toContain("attention/query/kernel/scales");
    expect(paths).toContain("attention/attentionOutput/kernel/bytes");
    expect(paths).toContain("back/kernel/bytes");
    const twin = await dequantizedTwin(model, decoder());
    const [own, expected] = await Promise.all([
      values(await model.predictOnBatch(ids)),
      values(await twin.predictOnBatch(ids)),
    ]);
    const scale = Math.max(...expected.map(Math.abs));
    own.forEach((one, place) => expect(Math.abs(one - (expected[place] ?? 0))).toBeLessThanOrEqual(1e-5 * scale));
  });

  test("is saved and loaded as it is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sinter-quantized-"));
    try {
      const model = quantizeWeights(decoder(), { kind });
      await model.save(folder);
      const again = await loadModel(folder);
      expect(again.network.weights.map(({ dtype }) => dtype)).toContain("u8");
      expect(await values(await again.predictOnBatch(ids))).toEqual(await values(await model.predictOnBatch(ids)));
      const inner = sequential([model.asLayer(), layers.flatten()]);
      expect(await values(await inner.predictOnBatch(ids))).toEqual(await values(await model.predictOnBatch(ids)));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("what is stored so does not learn, the rest does", async () => {
    const model = quantizeWeights(sequential([layers.dense({ units: 3, inputShape: [32] })]), { kind });
    model.compile({ optimizer: "sgd", learningRate: 0.1, loss: "meanSquaredError" });
    const before = await Promise.all((await model.getWeights()).map(values));
    await model.trainOnBatch([Array.from({ length: 32 }, () => 1)], [[1, 2, 3]]);
    const after = await Promise.all((await model.getWeights()).map(values));
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
  });
});

test("memory: a model of blocks never holds its kernels in f32", async () => {
  const [inputs, units] = [1024, 2048];
  const bytes = Uint8Array.from({ length: units * inputs }, (_, place) => (place * 7) % 256);
  const scales = new Uint16Array((units * inputs) / 32).fill(0x1000);
  const build = (): Model => sequential([layers.dense({ units, inputShape: [inputs] })]);
  await useDevice("wasm", { threads: 1 });
  const blocks = new Map([["dense/kernel", { kind: "q8_0", shape: [units, inputs], bytes, scales } as const]]);
  const model = quantizeWeights(build(), { kind: "q8_0", blocks });
  const x = tensor(
    Float32Array.from({ length: inputs }, (_, place) => place % 3),
    { shape: [1, inputs] },
  );
  await model.predictOnBatch(x);
  const { liveBytes } = currentDevice();
  expect(liveBytes).toBeGreaterThan(bytes.length);
  expect(liveBytes).toBeLessThan(bytes.length * 1.2);
});

const golden = readGolden("gguf") as {
  readonly file: string;
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: string }>>;
};

test("blocks of a file are taken as they are", async () => {
  const file = new Uint8Array(Buffer.from(golden.file, "base64"));
  const { quantized: kept, tensors } = decodeGguf(file, { keepQuantized: true });
  expect(new Set(Array.from(kept.values(), ({ kind }) => kind))).toEqual(new Set(kinds));
  for (const [name, one] of kept) {
    expect(tensors.has(name)).toBe(false);
    const inputs = one.shape.at(-1) ?? 1;
    const outputs = (one.scales.length * 32) / inputs;
    const blocks = { ...one, shape: [outputs, inputs] };
    const table = sequential([
      layers.input({ shape: [1], dtype: "i32" }),
      layers.embedding({ inputDim: outputs, outputDim: inputs }),
    ]);
    quantizeWeights(table, { kind: "q8_0", blocks: new Map([["embedding/embeddings", blocks]]) });
    const rows = await table.predictOnBatch(Array.from({ length: outputs }, (_, row) => [row]));
    const expected = new Float32Array(new Uint8Array(Buffer.from(golden.tensors[name]!.values, "base64")).buffer);
    expect(await values(rows)).toEqual(Array.from(expected));
    const dense = sequential([layers.dense({ units: outputs, useBias: false, inputShape: [inputs] })]);
    quantizeWeights(dense, { kind: "q4_0", blocks: new Map([["dense/kernel", blocks]]) });
    const unit = Array.from({ length: inputs }, (_, row) =>
      Array.from({ length: inputs }, (_one, at) => Number(at === row)),
    );
    const columns = await values(await dense.predictOnBatch(unit)); // [inputs, outputs]
    // A sum with zeros has no -0.
    expect(columns).toEqual(
      Array.from(columns, (_, at) => (expected[(at % outputs) * inputs + Math.floor(at / outputs)] ?? 0) + 0),
    );
  }
});

test("signed bytes of a file", () => {
  const block = Uint8Array.of(0x00, 0x3c, ...Array.from({ length: 32 }, (_, at) => (at - 16) & 0xff));
  const { bytes, scales } = quantizedTensor("q8_0", [1, 32], block);
  expect(Array.from(bytes)).toEqual(Array.from({ length: 32 }, (_, at) => at - 16 + 128));
  expect(Array.from(scales)).toEqual([0x3c00]);
});

test("the summary counts bytes as they are, a file of another library is refused", async () => {
  const model = quantizeWeights(sequential([layers.dense({ units: 64, inputShape: [32] })]), { kind: "q8_0" });
  // 32 · 64 bytes, 64 scales of two, 64 biases of four.
  expect(model.summary()).toContain(" Total params: 2,176 (2.38 KB)");
  await expect(model.save("dense.keras")).rejects.toThrow(/weights of "dense" are quantized/);
  await expect(model.saveWeights("dense.weights.h5")).rejects.toThrow(/quantized/);
  await expect(tfjsFiles(model)).rejects.toThrow(/quantized/);
});

describe("refuses", () => {
  const net = (): Model => sequential([layers.dense({ units: 8, inputShape: [40] }), layers.dense({ units: 2 })]);

  test("a model without whole blocks", () => {
    expect(() => quantizeWeights(net(), { kind: "q8_0" })).toThrow(/no weight is meant.*none/);
  });

  test("a kind that is none, targets that are nowhere, blocks of no weight", () => {
    const wide = (): Model => sequential([layers.dense({ units: 8, inputShape: [64] })]);
    expect(() => quantizeWeights(wide(), { kind: "q5" as "q8_0" })).toThrow(/q8_0/);
    expect(() => quantizeWeights(wide(), { kind: "q8_0", targets: "table" })).toThrow(/dense\/kernel/);
    const blocks = { kind: "q8_0", shape: [8, 64], bytes: new Uint8Array(512), scales: new Uint16Array(16) } as const;
    expect(() => quantizeWeights(wide(), { kind: "q8_0", blocks: new Map([["other", blocks]]) })).toThrow(
      /dense\/kernel/,
    );
    const odd = { ...blocks, shape: [64, 8] };
    expect(() => quantizeWeights(wide(), { kind: "q8_0", blocks: new Map([["dense/kernel", odd]]) })).toThrow(
      /\[8, 64\]/,
    );
  });
});
