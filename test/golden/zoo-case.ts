// Known picture classifiers beside those of Keras and torchvision, as scripts/golden/zoo.py and zoo_torch.py tell of them.

import { createHash } from "node:crypto";
import { expect } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { jit, valueAndGrad } from "#engine/tensor/transforms.ts";
import * as zoo from "#entry/zoo.ts";
import type { PictureModelOptions } from "#entry/zoo.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, type Network } from "#learning/nn/network.ts";
import type { Model } from "#learning/train/model.ts";
import { distance, goldenValues, normAndProduct, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

interface ZooCase {
  readonly numWeights: number;
  readonly size: number;
  readonly weights: number;
  /** SHA-256 of the lines of weights, and three of them. */
  readonly names: string;
  readonly some: readonly string[];
  readonly output: GoldenTensor;
  /** Of each gradient, and its product with numbers from the formula. */
  readonly norms: GoldenTensor;
  readonly products: GoldenTensor;
  /** How far the original in float32 is from itself in float64. */
  readonly rounding: number;
}

type Cases = Readonly<Record<string, ZooCase>>;

const ofKeras = (readGolden("zoo") as { readonly models: Cases }).models;
const ofTorch = (readGolden("zoo-torch") as { readonly models: Cases }).models;

/** Of gradients, relative to their norm, where it is not 1e-4: in so many layers rounding turns a unit near zero on or off. */
const bounds: Readonly<Record<string, number>> = { denseNet169: 5e-4, denseNet201: 5e-4 };

/** Cases by name; a word behind the name is an option. */
export const zooCases: Cases = { ...ofKeras, ...ofTorch };

type Maker = (options?: PictureModelOptions & Record<string, unknown>) => Model;

/** What a word behind a name stands for. */
const words: Readonly<Record<string, Record<string, unknown>>> = {
  half: { alpha: 0.5 },
  small: { patchSize: 8, numLayers: 2, numHeads: 3, hiddenDim: 12, mlpDim: 20 },
};

function makerOf(name: string): Maker {
  const [own = "", word = ""] = name.split(" ");
  const make = (zoo as unknown as Readonly<Record<string, Maker>>)[own];
  if (make === undefined) throw new Error(`There is no ${own}.`);
  return (options) => make({ ...words[word], ...options });
}

function smallNetwork(name: string, size: number): Network {
  const inputShape = [size, size, 3];
  const make = makerOf(name);
  return name.startsWith("vgg")
    ? make({ inputShape, includeTop: false, pooling: "avg" }).network
    : make({ inputShape, classes: 7, classifierActivation: "linear" }).network;
}

interface NumberedWeight {
  /** As Keras spells it, in small letters. */
  readonly name: string;
  readonly path: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** In Keras's order; those of torchvision by name. */
function weightsOf(name: string, { weights }: Network): NumberedWeight[] {
  const named = weights.map(({ path, shape, trainable }) => ({
    name: path.replaceAll(/(?<=[a-z])[A-Z]/gu, "_$&").toLowerCase(),
    path,
    shape,
    trainable,
  }));
  return name in ofTorch ? named.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : named;
}

/** Numbers of weights of the published model, and names, shapes and order of those of the small one. */
export function checkWeights(name: string): void {
  const { numWeights, size, weights, some, names } = zooCases[name]!;
  expect(makerOf(name)().network.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(numWeights);
  const lines = weightsOf(name, smallNetwork(name, size)).map((one) => `${one.name} [${one.shape.join(", ")}]`);
  expect([lines[0], lines[Math.floor(lines.length / 2)], lines.at(-1)]).toEqual(some);
  expect(lines).toHaveLength(weights);
  expect(createHash("sha256").update(lines.join("\n")).digest("hex")).toBe(names);
}

/** A weight's values, as the scripts make them. */
function formula(index: number, { name: full, shape }: NumberedWeight): Float32Array {
  const name = full.slice(full.lastIndexOf("/") + 1);
  const [size, seed] = [sizeOf(shape), 100 + index];
  const isDeep = /depthwise|dwconv|conv_dw/u.test(full) && name !== "pointwise_kernel";
  const inputs = sizeOf(shape.slice(0, isDeep ? 2 : -1));
  if (name.includes("kernel")) return Float32Array.from(uniformValues(seed, size, Math.sqrt(6 / inputs)));
  if (name === "gamma") return Float32Array.from(uniformValues(seed, size, 0.2, 1));
  if (name.includes("variance")) return Float32Array.from(uniformValues(seed, size, 0.3, 1));
  return Float32Array.from(uniformValues(seed, size, 0.1));
}

/** Output and gradients for weights from the formula, in inference mode, on the default device. */
export async function checkComputation(name: string): Promise<void> {
  const { size, output, norms, products, rounding } = zooCases[name]!;
  const network = smallNetwork(name, size);
  const weights = weightsOf(name, network);
  const valuesOf = (isTrained: boolean): Weights => {
    const chosen = weights
      .map((weight, index) => ({ weight, index }))
      .filter(({ weight }) => weight.trainable === isTrained);
    const tensors = chosen.map(({ weight, index }) => [
      weight.path,
      tensor(formula(index, weight), { shape: weight.shape }),
    ]);
    return Object.fromEntries(tensors) as Weights;
  };
  const pixels = Float32Array.from(uniformValues(1, size * size * 3, 127.5, 127.5));
  const isRaw = /fficientNetB|V3|NeXt/u.test(name);
  const x = tensor(isRaw ? pixels : pixels.map((pixel) => pixel / 255), { shape: [1, size, size, 3] });
  const expected = goldenValues(output);
  const [frozen, cotangent] = [valuesOf(false), tensor(Float32Array.from(uniformValues(2, expected.length)))];
  const step = jit((trained: Weights, picture: Tensor) =>
    valueAndGrad((own: Weights) => {
      const result = applyNetwork(network, { ...own, ...frozen }, picture, { training: false });
      return { value: result.output.reshape([-1]).mul(cotangent).sum(), aux: result.output };
    })(trained),
  );
  const { gradient, aux } = step(valuesOf(true), x);
  expect(distance(await aux.data(), expected)).toBeLessThan(1e-4);
  const bound = Math.max(bounds[name] ?? 1e-4, 3 * rounding);
  const [allNorms, allProducts] = [goldenValues(norms), goldenValues(products)];
  let place = 0;
  for (const [index, { path, trainable }] of weights.entries()) {
    if (!trainable) continue;
    const own = normAndProduct(await gradient[path]!.data(), index);
    place += 1;
    // What is added to all keys changes no attention: its gradient is 0 but for rounding.
    if (path.endsWith("key/bias")) continue;
    const norm = allNorms[place - 1]!;
    // The root mean square of what it is multiplied by is 1 / sqrt(3).
    expect(Math.abs(own.product - allProducts[place - 1]!) / (norm / Math.sqrt(3)), path).toBeLessThan(bound);
    expect(Math.abs(own.norm - norm) / norm, path).toBeLessThan(bound);
  }
  expect(place).toBe(allNorms.length);
}
