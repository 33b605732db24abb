// Layers, activations and initializers against Keras, in float64.

import "#entry/install-node.ts";
import { beforeAll, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { activate, activationNames, type ActivationName } from "#learning/nn/activations.ts";
import { initializer, initialValue, type InitializerName } from "#learning/nn/initializers.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { layerFromConfig } from "#learning/nn/layers.ts";
import { checkLayerCase, measure, type LayerCase } from "./layer-case.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

beforeAll(() => useDevice("js", { precision: "f64" }));

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const bound = 1e-12;

const { cases } = readGolden("layers") as { cases: Record<string, LayerCase> };
const pictures = readGolden("layers-pictures") as { cases: Record<string, LayerCase> };
test.each([...Object.entries(cases), ...Object.entries(pictures.cases)])("%s equals Keras", async (name, golden) => {
  // TensorFlow resizes in float32 whatever it is given.
  const limit = name.includes("Bilinear") ? 1e-6 : bound;
  await checkLayerCase(golden, limit);
});

interface Measured {
  readonly output: GoldenTensor;
  readonly inputGradient: GoldenTensor;
  readonly weightGradients: readonly GoldenTensor[];
}
interface NormCase extends Omit<LayerCase, "output" | "layer"> {
  readonly steps: readonly (Measured & { moving: Record<"moving_mean" | "moving_variance", readonly number[]> })[];
  readonly inference: Measured;
}

const norm = readGolden("batch-normalization") as { cases: Record<string, NormCase> };
test.each(Object.entries(norm.cases))("batchNormalization %s equals Keras", async (_, golden) => {
  const { seed, inputShape, options } = golden;
  const layer = layerFromConfig({ kind: "batchNormalization", options });
  const specs = layer.weights([{ shape: inputShape.slice(1), dtype: "f32" }]);
  expect(specs.map(({ name }) => name)).toEqual(golden.weights.map(({ name }) => camel(name)));
  const trained = specs.filter(({ trainable }) => trainable);
  let weights: Weights = Object.fromEntries(
    specs.map(({ name, shape, initializer: init }) => {
      const index = trained.findIndex((spec) => spec.name === name);
      const value =
        index === -1
          ? initialValue(init, shape, key(0))
          : uniformTensor(seed + 1 + index, shape, 0.5, name === "gamma" ? 1 : 0);
      return [name, value];
    }),
  );
  const check = async (expected: Measured, x: Tensor, training: boolean): Promise<Weights> => {
    const cotangent = uniformTensor(seed + 50, inputShape);
    const result = await measure(layer, weights, x, { training, cotangent });
    expect(distance(result.output, goldenValues(expected.output))).toBeLessThan(bound);
    expect(distance(result.gradients.get("input") ?? [], goldenValues(expected.inputGradient))).toBeLessThan(1e-11);
    trained.forEach(({ name }, index) => {
      expect(distance(result.gradients.get(name) ?? [], goldenValues(expected.weightGradients[index]!))).toBeLessThan(
        bound,
      );
    });
    return result.state;
  };
  for (const [step, expected] of golden.steps.entries()) {
    weights = {
      ...weights,
      ...(await check(expected, uniformTensor(seed + 10 + step, inputShape, 1 + step, 0.3 * step), true)),
    };
    const { moving_mean: mean, moving_variance: variance } = expected.moving;
    expect(distance(await read(weights["movingMean"]!), mean)).toBeLessThan(bound);
    expect(distance(await read(weights["movingVariance"]!), variance)).toBeLessThan(bound);
  }
  await check(golden.inference, uniformTensor(seed + 10, inputShape), false);
});

interface ActivationsFile {
  readonly grid: GoldenTensor;
  readonly rows: GoldenTensor;
  readonly cotangent: GoldenTensor;
  readonly aliases: Record<string, string>;
  readonly elementwise: Record<
    string,
    { options: Record<string, number>; value: GoldenTensor; gradient: GoldenTensor }
  >;
  readonly rowwise: Record<string, { value: GoldenTensor; gradient: GoldenTensor }>;
}
const activations = readGolden("activations") as ActivationsFile;

test("every activation of Keras is there, and no other", () => {
  const keras = [
    ...Object.keys(activations.elementwise),
    ...Object.keys(activations.rowwise),
    ...Object.keys(activations.aliases),
  ];
  expect(activationNames.toSorted()).toEqual([...new Set(keras.map((name) => baseName(name)))].toSorted());
});

/** A case may have options of its own; its name then begins with the activation's. */
function baseName(name: string): ActivationName {
  const found = activationNames
    .filter((known) => name === known || name.startsWith(known))
    .toSorted((a, b) => b.length - a.length)[0];
  if (found === undefined) throw new Error(`no activation ${name}`);
  return found;
}

test.each(Object.entries(activations.elementwise))("activation %s equals Keras", async (name, golden) => {
  const options = Object.fromEntries(
    Object.entries(golden.options ?? {}).map(([option, value]) => [camel(option), value]),
  );
  const kind = Object.keys(options).length === 0 ? baseName(name) : { kind: baseName(name), ...options };
  const { value, gradient, aux } = valueAndGrad<[Tensor], Tensor>(
    (x) => {
      const y = activate(kind, x);
      return { value: y.sum(), aux: y };
    },
    { hasAux: true },
  )(goldenTensor(activations.grid));
  expect(Number.isFinite(await value.item())).toBe(true);
  // TensorFlow rounds the constants of these two to float32 whatever it computes in.
  const limit = name.startsWith("leakyRelu") || name.startsWith("gelu") ? 1e-6 : bound;
  expect(distance(await read(aux), goldenValues(golden.value))).toBeLessThan(limit);
  expect(distance(await read(gradient), goldenValues(golden.gradient))).toBeLessThan(limit);
});

const rowwise = Object.entries(activations.rowwise).filter(([name]) => name !== "sparsemax");
test.each(rowwise)("activation %s over rows equals Keras", async (name, golden) => {
  const { gradient, aux } = valueAndGrad<[Tensor], Tensor>(
    (x) => {
      const y = activate(baseName(name), x);
      const cotangent = goldenTensor(activations.cotangent);
      return { value: y.mul(cotangent.slice([0, 0], [...y.shape])).sum(), aux: y };
    },
    { hasAux: true },
  )(goldenTensor(activations.rows));
  expect(distance(await read(aux), goldenValues(golden.value))).toBeLessThan(1e-12);
  expect(distance(await read(gradient), goldenValues(golden.gradient))).toBeLessThan(1e-12);
});

// Keras 3.15 adds up cumulative sums where the threshold wants the last one, so that rows with two or more values in the
// support do not sum to 1. Ours is the paper's: the nearest point of the simplex.
test("activation sparsemax is the projection onto the simplex, and Keras's where one value has all", async () => {
  const rows = goldenTensor(activations.rows);
  const [numRows = 0, size = 0] = rows.shape;
  const actual = await read(activate("sparsemax", rows));
  const keras = goldenValues(activations.rowwise["sparsemax"]!.value);
  const z = goldenValues(activations.rows);
  let numSingle = 0;
  for (let row = 0; row < numRows; row += 1) {
    const p = actual.slice(row * size, (row + 1) * size);
    const given = z.slice(row * size, (row + 1) * size);
    expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    // Optimal: within the support z - p is one number, outside z is at most that.
    const tau = Math.max(...given) - Math.max(...p);
    p.forEach((value, index) => expect(value).toBeCloseTo(Math.max(given[index]! - tau, 0), 12));
    if (Math.max(...p) < 1) continue;
    numSingle += 1;
    expect(distance(p, keras.slice(row * size, (row + 1) * size))).toBeLessThan(bound);
  }
  expect(numSingle).toBeGreaterThan(0);
});

interface InitializerCase {
  readonly initializer: InitializerName;
  readonly shape: readonly number[];
  readonly expected: { limit?: number; mean: number; variance: number; kurtosis: number };
}
const initializerCases = (readGolden("initializers") as { cases: readonly InitializerCase[] }).cases;
test.each(initializerCases)(
  "$initializer of $shape has Keras's moments",
  async ({ initializer: name, shape, expected }) => {
    const values = await read(initialValue(initializer("test", "initializer", name, name), shape, key(11)));
    const count = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const central = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / count;
    const variance = central(2);
    // Six standard errors: of a mean, of a variance (from the fourth moment), of a kurtosis (normal: √(24 / n)).
    expect(Math.abs(mean - expected.mean)).toBeLessThan(6 * Math.sqrt(expected.variance / count));
    expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(6 * Math.sqrt((expected.kurtosis - 1) / count));
    expect(Math.abs(central(4) / variance ** 2 - expected.kurtosis)).toBeLessThan(6 * Math.sqrt(24 / count));
    if (expected.limit === undefined) return;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(expected.limit * (1 + 1e-6));
    expect(largest).toBeGreaterThan(expected.limit * 0.99);
  },
);
