// Constraints, regularizers and fixed initializers against Keras, and fits under constraints, in float64.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { key } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { constrain, constraintNames, constraints, type Constraint } from "#learning/nn/constraints.ts";
import { initializers, initialValue } from "#learning/nn/initializers.ts";
import { layers } from "#learning/nn/layers.ts";
import { penalty, regularizerNames, regularizers, type Regularizer } from "#learning/nn/regularizers.ts";
import { optimizers } from "#learning/optim/optimizers.ts";
import { sequential } from "#learning/train/model.ts";
import { distance, goldenTensor, goldenValues, read, readGolden, uniformTensor, type GoldenTensor } from "./golden.ts";

interface Shaped {
  readonly options: object;
  readonly shape: readonly number[];
}
interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly least: number;
  readonly largest: number;
}
interface Golden {
  readonly constraints: Readonly<Record<string, readonly (Shaped & { result: GoldenTensor })[]>>;
  readonly regularizers: Readonly<
    Record<string, readonly { options: object; weight: GoldenTensor; value: number; gradient: GoldenTensor }[]>
  >;
  readonly initializers: Readonly<Record<string, readonly (Shaped & { values: GoldenTensor })[]>>;
  readonly orthogonal: readonly (Shaped & { gram: GoldenTensor })[];
  readonly drawn: Readonly<Record<string, readonly (Shaped & Moments)[]>>;
  readonly fits: readonly { optimizer: object; first: object; second: object; weights: number[][][] }[];
}
const golden = readGolden("weight-rules") as Golden;
const listed = <Case>(cases: Readonly<Record<string, readonly Case[]>>): (Case & { name: string; title: string })[] =>
  Object.entries(cases).flatMap(([name, all]) =>
    all.map((one, index) => ({ ...one, name, title: `${name} ${index}` })),
  );

beforeAll(() => useDevice("js", { precision: "f64" }));

test("every constraint and regularizer has three golden cases", () => {
  expect(Object.keys(golden.constraints)).toEqual([...constraintNames]);
  expect(Object.keys(golden.regularizers)).toEqual([...regularizerNames]);
  for (const cases of [...Object.values(golden.constraints), ...Object.values(golden.regularizers)]) {
    expect(cases.length).toBeGreaterThanOrEqual(3);
  }
});

test.each(listed(golden.constraints))("constraint $title", async ({ name, options, shape, result }) => {
  const makers = constraints as unknown as Record<string, (options: object) => Constraint>;
  const found = constrain(makers[name]!(options), uniformTensor(20, shape, 2));
  expect(distance(await read(found), goldenValues(result))).toBeLessThan(1e-12);
});

test.each(listed(golden.regularizers))("regularizer $title", async ({ name, options, weight, value, gradient }) => {
  const makers = regularizers as unknown as Record<string, (options: object) => Regularizer>;
  const found = valueAndGrad<[Tensor]>((x) => penalty(makers[name]!(options), x))(goldenTensor(weight));
  expect(Math.abs((await found.value.item()) - value)).toBeLessThan(1e-12);
  const slopes = await read(found.gradient);
  goldenValues(gradient).forEach((slope, index) => expect(Math.abs(slopes[index]! - slope)).toBeLessThan(1e-12));
});

describe("initializers", () => {
  test.each(listed(golden.initializers))("$title", async ({ name, options, shape, values }) => {
    const make = initializers[name as keyof typeof initializers];
    const found = await read(initialValue(make(options), shape, key(1)));
    goldenValues(values).forEach((value, index) => expect(found[index]).toBe(value));
  });

  test.each(golden.orthogonal)("orthogonal $options of $shape", async ({ options, shape, gram }) => {
    const matrix = initialValue(initializers.orthogonal(options), shape, key(1));
    const isWide = shape[0]! < shape[1]!;
    const product = isWide ? matrix.matMul(matrix.transpose()) : matrix.transpose().matMul(matrix);
    expect(distance(await read(product), goldenValues(gram))).toBeLessThan(1e-6);
  });

  test.each(listed(golden.drawn))("$title has Keras's moments", async ({ name, options, shape, ...expected }) => {
    const make = initializers[name as keyof typeof initializers];
    const values = await read(initialValue(make(options), shape, key(1)));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // Two draws of 120,000 numbers: some standard errors of each.
    expect(Math.abs(mean - expected.mean)).toBeLessThan(8 * Math.sqrt(variance / values.length));
    expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(0.03);
    const width = expected.largest - expected.least;
    const [least, largest] = [Math.min, Math.max].map((pick) => values.reduce((most, value) => pick(most, value)));
    expect(Math.abs(least! - expected.least) / width).toBeLessThan(0.15);
    expect(Math.abs(largest! - expected.largest) / width).toBeLessThan(0.15);
  });
});

test.each(golden.fits.map((one, index) => ({ ...one, index })))(
  "weights of fit $index obey their constraints as Keras's",
  async ({ optimizer, first, second, weights }) => {
    const model = sequential([
      layers.dense({ units: 4, activation: "tanh", inputShape: [3], ...first }),
      layers.dense({ units: 1, ...second }),
    ]);
    model.compile({ optimizer: optimizers.sgd(optimizer), loss: "meanSquaredError" });
    model.build();
    const shapes = model.network.weights.map(({ shape }) => shape);
    model.setWeights(shapes.map((shape, index) => uniformTensor(31 + index, shape, 1.5)));
    for (const [step, expected] of weights.entries()) {
      await model.trainOnBatch(uniformTensor(41 + step, [5, 3], 2), uniformTensor(51 + step, [5, 1], 2));
      for (const [index, value] of (await model.getWeights()).entries()) {
        expect(distance(await read(value), expected[index]!)).toBeLessThan(1e-9);
      }
    }
  },
);
