// scaledDotProductAttention against PyTorch, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { scaledDotProductAttention } from "#engine/tensor/attention.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

interface Case {
  readonly query: readonly number[];
  readonly key: readonly number[];
  readonly value: readonly number[];
  readonly seed: number;
  readonly causal: boolean;
  readonly scale: number | null;
  readonly mask: GoldenTensor | null;
  readonly output: GoldenTensor;
  readonly gradients: readonly GoldenTensor[];
}
const { cases } = readGolden("attention-torch") as { readonly cases: Readonly<Record<string, Case>> };

beforeAll(() => useDevice("js", { precision: "f64" }));

test.each(Object.entries(cases))("%s equals PyTorch", async (_, one) => {
  const { seed, causal, scale, mask } = one;
  const inputs = [one.query, one.key, one.value].map((shape, index) => uniformTensor(seed + index, shape, 2));
  const visible = mask === null ? { causal } : { causal, mask: goldenTensor(mask).cast("bool") };
  const options = scale === null ? visible : { ...visible, scale };
  const found = valueAndGrad<[readonly Tensor[]], Tensor>(
    ([query, key, value]) => {
      const output = scaledDotProductAttention(query!, key!, value!, options);
      return { value: output.mul(uniformTensor(seed + 50, output.shape)).sum(), aux: output };
    },
    { hasAux: true },
  )(inputs);
  expect(distance(await read(found.aux), goldenValues(one.output))).toBeLessThan(1e-12);
  for (const [index, slope] of found.gradient.entries()) {
    expect(distance(await read(slope), goldenValues(one.gradients[index]!))).toBeLessThan(1e-12);
  }
});
