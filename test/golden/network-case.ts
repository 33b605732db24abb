// Networks beside their twins in scripts/golden/plain_torch.py: names and shapes of weights, outputs, gradients.

import { createHash } from "node:crypto";
import { expect } from "vitest";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import type { Weights, WeightSpec } from "#learning/nn/layer.ts";
import { applyNetwork, type Network } from "#learning/nn/network.ts";
import { distance, goldenValues, normAndProduct, uniformValues, type GoldenTensor } from "./golden.ts";

export interface NetworkCase {
  readonly weights: number;
  /** SHA-256 of the lines of weights, and three of them. */
  readonly names: string;
  readonly some: readonly string[];
  readonly outputs: readonly GoldenTensor[];
  /** Of each gradient, and its product with numbers from the formula. */
  readonly norms: GoldenTensor;
  readonly products: GoldenTensor;
}

type NumberedWeight = Pick<WeightSpec, "shape" | "trainable"> & { readonly path: string; readonly name: string };

const bound = 1e-4;

/** By name, as the scripts number them. */
function numbered({ weights }: Network): NumberedWeight[] {
  return weights
    .map(({ path, shape, trainable }) => ({ path, shape, trainable, name: snakeCase(path) }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

const snakeCase = (path: string): string => path.replaceAll(/(?<=[a-z])[A-Z]/gu, "_$&").toLowerCase();

/** A weight's values, as the script makes them. */
function formula({ name: full, shape }: NumberedWeight, index: number): Tensor {
  const name = full.slice(full.lastIndexOf("/") + 1);
  const [limit, middle] =
    name === "kernel"
      ? [Math.sqrt(6 / sizeOf(shape.slice(0, -1))), 0]
      : name === "gamma"
        ? [0.2, 1]
        : name.includes("variance")
          ? [0.3, 1]
          : [0.1, 0];
  return tensor(Float32Array.from(uniformValues(100 + index, sizeOf(shape), limit, middle)), { shape });
}

/** All weights of a network, from the formula. */
export function formulaWeights(network: Network): Weights {
  return Object.fromEntries(numbered(network).map((weight, index) => [weight.path, formula(weight, index)]));
}

/** Uniform numbers from the formula. */
export function uniformInput(seed: number, shape: readonly number[], limit = 1, middle = 0): Tensor {
  return tensor(Float32Array.from(uniformValues(seed, sizeOf(shape), limit, middle)), { shape });
}

/** Names, outputs and gradients for weights from the formula, in inference mode, on the default device. */
export async function checkNetwork(network: Network, golden: NetworkCase, ...inputs: readonly Tensor[]): Promise<void> {
  const run = (weights: Weights, x: readonly Tensor[]) =>
    applyNetwork(network, weights, x, { training: false }).outputs;
  await checkFunction(network, golden, run, ...inputs);
}

/** The same of a function of a network's weights. */
export async function checkFunction(
  network: Network,
  golden: NetworkCase,
  run: (weights: Weights, inputs: readonly Tensor[]) => readonly Tensor[],
  ...inputs: readonly Tensor[]
): Promise<void> {
  const weights = numbered(network);
  const lines = weights.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);
  expect([lines[0], lines[Math.floor(lines.length / 2)], lines.at(-1)]).toEqual(golden.some);
  expect(lines).toHaveLength(golden.weights);
  expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(golden.names);
  const all = formulaWeights(network);
  const trained = Object.fromEntries(weights.filter((one) => one.trainable).map(({ path }) => [path, all[path]!]));
  const cotangents = golden.outputs.map(({ shape }, place) => uniformInput(2 + place, shape));
  const step = jit((own: Weights, x: readonly Tensor[]) =>
    valueAndGrad((learnt: Weights) => {
      const outputs = run({ ...all, ...learnt }, x);
      const products = outputs.map((output, place) => output.mul(cotangents[place]!).sum());
      return { value: products.reduce((sum, one) => sum.add(one)), aux: outputs };
    })(own),
  );
  const { gradient, aux } = step(trained, inputs);
  for (const [place, output] of golden.outputs.entries()) {
    expect(aux[place]?.shape).toEqual(output.shape);
    expect(distance(await aux[place]!.data(), goldenValues(output))).toBeLessThan(bound);
  }
  await checkGradients(weights, gradient, golden);
}

/** The norm of each gradient, and its product with numbers from the formula, relative to the norm. */
async function checkGradients(
  weights: readonly NumberedWeight[],
  gradient: Weights,
  { norms, products }: Pick<NetworkCase, "norms" | "products">,
): Promise<void> {
  const [allNorms, allProducts] = [goldenValues(norms), goldenValues(products)];
  const largest = Math.max(...allNorms);
  let place = 0;
  for (const [index, { path, trainable }] of weights.entries()) {
    if (!trainable) continue;
    const own = normAndProduct(await gradient[path]!.data(), index);
    const norm = allNorms[place]!;
    // The root mean square of what it is multiplied by is 1 / sqrt(3). A gradient that is none is held to the largest.
    const scale = norm < 1e-6 * largest ? largest : norm;
    expect(Math.abs(own.product - allProducts[place]!) / (scale / Math.sqrt(3)), path).toBeLessThan(bound);
    expect(Math.abs(own.norm - norm) / scale, path).toBeLessThan(bound);
    place += 1;
  }
  expect(place).toBe(allNorms.length);
}
