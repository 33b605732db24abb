// Encoders of texts beside those of transformers, as scripts/golden/text_encoders.py tells of them: a folder as transformers
// writes it is made of weights from the formula, loaded, and computed.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork } from "#learning/nn/network.ts";
import type { Model } from "#learning/train/model.ts";
import { allWeights } from "#learning/train/model-core.ts";
import { distance, goldenValues, normAndProduct, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

export interface TextCase {
  readonly config: object;
  readonly ids: GoldenTensor;
  readonly types?: GoldenTensor;
  /** Of a decoder. */
  readonly targets?: GoldenTensor;
  /** What is written greedily for the first text. */
  readonly written?: readonly number[];
  /** Names and shapes. */
  readonly weights: readonly string[];
  readonly outputs: readonly GoldenTensor[];
  /** Of each gradient, and its product with numbers from the formula. */
  readonly norms: GoldenTensor;
  readonly products: GoldenTensor;
}

const golden = readGolden("text-encoders") as {
  readonly counts: Readonly<Record<string, number>>;
  readonly cases: Readonly<Record<string, TextCase>>;
};

/** Numbers of the published weights. */
export const textCounts: Readonly<Record<string, number>> = golden.counts;
export const textCases: Readonly<Record<string, TextCase>> = golden.cases;

interface NumberedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly index: number;
}

function weightsOf({ weights }: TextCase): NumberedWeight[] {
  return weights.map((line, index) => {
    const [, name = "", shape = ""] = /^(\S+) (.*)$/u.exec(line) ?? [];
    return { name, shape: JSON.parse(shape) as number[], index };
  });
}

function formula({ name, shape, index }: NumberedWeight): Float64Array {
  const [size, seed] = [shape.reduce((product, extent) => product * extent, 1), 100 + index];
  if (shape.length === 2) return uniformValues(seed, size, Math.sqrt(3 / (shape[1] ?? 1)));
  const isScale = /norm/iu.test(name) && name.endsWith("weight");
  return isScale ? uniformValues(seed, size, 0.2, 1) : uniformValues(seed, size, 0.1);
}

/** A folder with the case's config.json and model.safetensors, for as long as it is used. */
export async function withFolder<Result>(one: TextCase, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "sinter-text-"));
  try {
    const tensors = weightsOf(one).map((weight): [string, StoredTensor] => [
      weight.name,
      { dtype: "f32", shape: weight.shape, data: Float32Array.from(formula(weight)) },
    ]);
    await writeFile(join(folder, "model.safetensors"), encodeSafetensors(tensors));
    await writeFile(join(folder, "config.json"), JSON.stringify(one.config));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function integers({ shape, ...stored }: GoldenTensor): Tensor {
  return tensor(Int32Array.from(goldenValues({ shape, ...stored })), { shape });
}

/** Outputs and gradients of a loaded model. @param nameOf transformers' name of a weight */
export async function checkText(one: TextCase, model: Model, nameOf: (path: string) => string): Promise<void> {
  const { network } = model;
  const inputs = [one.ids, one.types, one.targets].flatMap((input) => (input === undefined ? [] : [integers(input)]));
  const places = goldenValues(one.ids).map((id) => (id === 0 ? 0 : 1));
  const expected = one.outputs.map(goldenValues);
  const cotangents = one.outputs.map(({ shape }, number) => {
    const values = uniformValues(
      2 + number,
      shape.reduce((product, extent) => product * extent, 1),
    );
    const width = shape.at(-1) ?? 1;
    return shape.length === 3 && shape[1] === one.ids.shape[1]
      ? values.map((value, at) => value * (places[Math.floor(at / width)] ?? 0))
      : values;
  });
  const numbers = cotangents.map((values, at) => tensor(Float32Array.from(values), { shape: one.outputs[at]!.shape }));
  const step = jit((weights: Weights, given: readonly Tensor[]) =>
    valueAndGrad((own: Weights) => {
      const { outputs } = applyNetwork(network, own, given, { training: false });
      const losses = outputs.map((output, at) => output.mul(numbers[at]!).sum());
      return { value: losses.reduce((sum, loss) => sum.add(loss)), aux: outputs };
    })(weights),
  );
  const { gradient, aux } = step(allWeights(model.core), inputs);
  for (const [at, output] of aux.entries()) {
    const counted = (values: ArrayLike<number>): number[] =>
      Array.from(values).filter((_, place) => cotangents[at]![place] !== 0);
    expect(distance(counted(await output.data()), counted(expected[at]!)), `output ${at}`).toBeLessThan(1e-4);
  }
  await checkGradients(one, gradient, nameOf);
}

async function checkGradients(one: TextCase, gradient: Weights, nameOf: (path: string) => string): Promise<void> {
  const known = new Map(weightsOf(one).map((weight) => [weight.name, weight]));
  const [norms, products] = [goldenValues(one.norms), goldenValues(one.products)];
  // The gradient of a key's bias is 0: there rounding alone is left.
  const least = 1e-3 * norms.reduce((largest, norm) => Math.max(largest, norm), 0);
  for (const [path, values] of Object.entries(gradient)) {
    const weight = [...known.values()].find(({ name }) => name === nameOf(path) || name.endsWith(`.${nameOf(path)}`));
    expect(weight, path).toBeDefined();
    const { index, name, shape } = weight!;
    known.delete(name);
    const [outputs = 1, inputs = 1] = shape;
    const isTurned = /\/(?:kernel|reverseEmbeddings)$/u.test(path);
    const placeOf = (at: number): number => (isTurned ? (at % outputs) * inputs + Math.floor(at / outputs) : at);
    const own = normAndProduct(await values.data(), index, placeOf);
    const norm = Math.max(norms[index]!, least);
    // The root mean square of what it is multiplied by is 1 / sqrt(3).
    expect(Math.abs(own.product - products[index]!) / (norm / Math.sqrt(3)), path).toBeLessThan(1e-4);
    expect(Math.abs(own.norm - norms[index]!) / norm, path).toBeLessThan(1e-4);
  }
  expect([...known.keys()].filter((name) => norms[known.get(name)!.index]! > 0)).toEqual([]);
}
