// CLIP beside transformers: weights, logits, the contrastive loss and its gradients, as scripts/golden/clip.py tells of them.

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import { clip, clipLoss, clipVitB32, similarity, type ClipConfig } from "#entry/zoo.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { distance, type GoldenTensor, goldenValues, normAndProduct, readGolden, uniformValues } from "./golden.ts";

interface Golden {
  readonly numWeights: number;
  readonly names: string;
  readonly weights: number;
  readonly ids: readonly (readonly number[])[];
  readonly logits: GoldenTensor;
  readonly loss: number;
  readonly norms: GoldenTensor;
  readonly products: GoldenTensor;
}

const golden = readGolden("clip") as Golden;
const folder = mkdtempSync(join(tmpdir(), "sinter-clip-"));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeDevice();
});

const small: ClipConfig = {
  projectionDim: 9,
  vision: { imageSize: 16, patchSize: 8, hiddenSize: 10, numLayers: 2, numHeads: 2, intermediateSize: 16 },
  text: { vocabSize: 30, maxPositions: 7, hiddenSize: 12, numLayers: 2, numHeads: 3, intermediateSize: 20 },
};
const { pictures, texts } = clip(small);

interface Numbered {
  readonly name: string;
  readonly key: string;
  readonly shape: readonly number[];
}

/** All weights by name; `key` is the tower and the path. */
function numbered(): Numbered[] {
  const ofTower = (tower: string, { network }: typeof pictures): Numbered[] =>
    network.weights.map(({ path, shape }) => ({
      name: `${tower}/${path.replaceAll(/(?<=[a-z])[A-Z]/gu, "_$&").toLowerCase()}`,
      key: `${tower}/${path}`,
      shape,
    }));
  const all = [...ofTower("pictures", pictures), ...ofTower("texts", texts)];
  return [...all, { name: "logit_scale", key: "logitScale", shape: [] }].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function formula(index: number, { name, shape }: Numbered): Tensor {
  if (name === "logit_scale") return tensor(1.2);
  const part = name.slice(name.lastIndexOf("/") + 1);
  const limit = part === "kernel" ? Math.sqrt(6 / sizeOf(shape.slice(0, -1))) : part === "gamma" ? 0.2 : 0.1;
  return tensor(Float32Array.from(uniformValues(100 + index, sizeOf(shape), limit, part === "gamma" ? 1 : 0)), {
    shape,
  });
}

const below = (weights: Weights, tower: string): Weights =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([key, value]) =>
      key.startsWith(`${tower}/`) ? [[key.slice(tower.length + 1), value]] : [],
    ),
  );

describe("CLIP", () => {
  const all = numbered();
  const weights = Object.fromEntries(all.map((one, index) => [one.key, formula(index, one)]));
  const x = tensor(Float32Array.from(uniformValues(1, 3 * 16 * 16 * 3)), { shape: [3, 16, 16, 3] });
  const ids = tensor(golden.ids, { dtype: "i32" });

  test("has the original's weights; ViT-B/32 has 151,277,313", () => {
    const lines = all.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
    expect(lines).toHaveLength(golden.weights);
    expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(golden.names);
    const published = clip(clipVitB32);
    const towers = [published.pictures, published.texts].flatMap(({ network }) => network.weights);
    expect(golden.numWeights).toBe(151_277_313);
    expect(towers.reduce((sum, { shape }) => sum + sizeOf(shape), 1)).toBe(golden.numWeights);
  });

  test("computes the original's logits, loss and gradients", async () => {
    const step = jit((own: Weights) =>
      valueAndGrad((at: Weights) => {
        const seen = applyNetwork(pictures.network, below(at, "pictures"), x, { training: false }).output;
        const said = applyNetwork(texts.network, below(at, "texts"), ids, { training: false }).output;
        const logits = similarity(seen, said, at["logitScale"]);
        return { value: clipLoss(logits), aux: logits };
      })(own),
    );
    const { value, gradient, aux } = step(weights);
    expect(distance(await aux.data(), goldenValues(golden.logits))).toBeLessThan(1e-4);
    expect(await value.item()).toBeCloseTo(golden.loss, 5);
    const [norms, products] = [goldenValues(golden.norms), goldenValues(golden.products)];
    let place = 0;
    for (const [index, { key }] of all.entries()) {
      // What is added to all keys changes no attention: its gradient is 0 but for rounding.
      if (key.endsWith("key/bias")) continue;
      const { norm, product } = normAndProduct(await gradient[key]!.data(), index);
      expect(Math.abs(norm - norms[place]!) / norms[place]!, key).toBeLessThan(1e-4);
      expect(Math.abs(product - products[place]!) / norms[place]!, key).toBeLessThan(1e-4);
      place += 1;
    }
    expect(place).toBe(norms.length);
  });

  test("a text tower is saved and loaded; what stands behind the end of a text does not count", async () => {
    texts.setWeights(below(weights, "texts"));
    await texts.save(join(folder, "texts"));
    const loaded = await loadModel(join(folder, "texts"));
    const other = golden.ids.map((row) => row.map((id, at) => (at > row.indexOf(29) ? 5 : id)));
    const [own, again] = [
      await texts.predict(ids, { verbose: 0 }),
      await loaded.predict(tensor(other, { dtype: "i32" }), { verbose: 0 }),
    ];
    expect(distance(await again.data(), await own.data())).toBeLessThan(1e-6);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "vectors of other towers",
      () => similarity(tensor([[1, 2]]), tensor([[1, 2, 3]])),
      /similarity: \[1, 2\] and \[1, 3\] came/u,
    ],
    ["more texts than pictures", () => clipLoss(tensor([[1, 2]])), /clipLoss: \[1, 2\] came, expected as many texts/u],
    [
      "patches that do not fit",
      () => clip({ ...small, vision: { ...small.vision, patchSize: 7 } }),
      /imageSize is no multiple/u,
    ],
    [
      "heads that do not fit",
      () => clip({ ...small, text: { ...small.text, numHeads: 5 } }),
      /text\.hiddenSize is no multiple/u,
    ],
    ["no size", () => clip({ ...small, projectionDim: 0 }), /projectionDim/u],
  ])("%s: refused", (_, task, message) => {
    expect(task).toThrow(message);
  });
});
