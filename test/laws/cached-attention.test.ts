// Attention a step at a time equals causal attention over the whole sequence, however it is cut.

import "#entry/install-node.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaledDotProductAttention } from "#engine/tensor/attention.ts";
import { attentionCache, cachedAttention, type AttentionCache } from "#engine/tensor/cached-attention.ts";
import { concat } from "#engine/tensor/math.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, useDevice } from "#engine/tensor/device.ts";
import { key, normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit } from "#engine/tensor/transforms.ts";
import { distance } from "../golden/golden.ts";

beforeAll(() => useDevice("wasm", { threads: 2 }));
afterAll(() => closeDevice());

const time = 9;
const lead = [2, 3];
const [query, keys, values] = [4, 4, 5].map((features, index) => ({
  rows: (from: number, count: number): Tensor =>
    normal(key(index), [...lead, time, features]).slice([0, 0, from, 0], [-1, -1, count, -1]),
}));

const step = jit(
  (cache: AttentionCache, q: Tensor, k: Tensor, v: Tensor, position: Tensor) =>
    cachedAttention(cache, { query: q, key: k, value: v, position }),
  { donate: [0] },
);

test.each([[Array.from({ length: time }, () => 1)], [[4, 1, 1, 3]], [[9]], [[2, 7]]])("cut into %o", async (cuts) => {
  const expected = scaledDotProductAttention(query!.rows(0, time), keys!.rows(0, time), values!.rows(0, time), {
    causal: true,
  });
  let cache = attentionCache({ lead, length: time + 2, dim: 4, width: 5 });
  const outputs: Tensor[] = [];
  let position = 0;
  for (const count of cuts) {
    const next = [query!, keys!, values!].map(({ rows }) => rows(position, count)) as [Tensor, Tensor, Tensor];
    const { output, cache: grown } = step(cache, ...next, tensor(Int32Array.of(position), { shape: [] }));
    outputs.push(output);
    cache = grown;
    position += count;
  }
  expect(distance(await concat(outputs, -2).data(), await expected.data())).toBeLessThan(1e-6);
});

test("keys that do not fit the cache are refused", () => {
  const cache = attentionCache({ lead, length: 4, dim: 4 });
  const x = normal(key(1), [2, 3, 1, 5]);
  expect(() => cachedAttention(cache, { query: x, key: x, value: x, position: 0 })).toThrow("does not fit a cache");
});
