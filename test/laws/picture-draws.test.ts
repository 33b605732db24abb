// What random layers of pictures draw: each picture for itself, within its bounds, the same from the same key.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { concat } from "#engine/tensor/math.ts";
import { useDevice } from "#engine/tensor/device.ts";
import { key, uniform } from "#engine/tensor/random.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import type { Layer } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { posterizationChange, solarizationChange } from "#learning/nn/preprocessing/levels.ts";
import type { Bounds } from "#learning/nn/preprocessing/picture-layer.ts";
import { drawShares } from "#learning/nn/preprocessing/rand-augment.ts";
import {
  degenerationChange,
  grayscaleChange,
  hueChange,
  invertChange,
  saturationChange,
} from "#learning/nn/preprocessing/random-colours.ts";
import { elasticChange } from "#learning/nn/preprocessing/random-elastic.ts";
import { erasingChange } from "#learning/nn/preprocessing/random-erasing.ts";
import { flipChange } from "#learning/nn/preprocessing/random-flip.ts";
import {
  blurChange,
  brightnessChange,
  contrastChange,
  sharpnessChange,
} from "#learning/nn/preprocessing/random-light.ts";
import { rotation, shear, translation, zoom } from "#learning/nn/preprocessing/random-motion.ts";
import { perspectiveChange } from "#learning/nn/preprocessing/random-perspective.ts";
import { drawWindows } from "#learning/nn/preprocessing/resizing.ts";
import { transformRule } from "#learning/nn/preprocessing/transform.ts";
import { preprocessingSamples } from "./preprocessing-samples.ts";

beforeAll(() => useDevice("js"));

const shape = [4000, 8, 10, 3];
const range: Bounds = [0, 255];
const some: Bounds = [0.1, 0.4];

/** What is drawn, and between which bounds all of it lies and comes near. */
const drawn: readonly (readonly [string, (from: Tensor) => unknown, readonly Bounds[]])[] = [
  ["rotation", (from) => rotation(some).draw(from, shape), [[36, 144]]],
  [
    "zoom",
    (from) => zoom(some, [-0.5, 0]).draw(from, shape),
    [
      [1.1, 1.4],
      [0.5, 1],
    ],
  ],
  [
    "zoom of both sides",
    (from) => zoom(some, undefined).draw(from, shape),
    [
      [1.1, 1.4],
      [1.1, 1.4],
    ],
  ],
  [
    "translation",
    (from) => translation([-0.5, 0.5], some).draw(from, shape),
    [
      [-4, 4],
      [1, 4],
    ],
  ],
  [
    "shear",
    (from) => shear(some, [0, 1]).draw(from, shape),
    [
      [-0.4, 0.4],
      [-1, 1],
    ],
  ],
  ["brightness", (from) => brightnessChange([-0.2, 0.4], range).draw(from, shape), [[-51, 102]]],
  ["contrast", (from) => contrastChange(some, range).draw(from, shape), [[0.9, 1.4]]],
  ["sharpness", (from) => sharpnessChange(some, range).draw(from, shape), [[0.1, 0.4]]],
  ["saturation", (from) => saturationChange([0, 0.5], range).draw(from, shape), [[0, 1]]],
  ["hue", (from) => hueChange([0, 0.6], range).draw(from, shape), [[-0.3, 0.3]]],
  ["degeneration", (from) => degenerationChange(some, range).draw(from, shape), [[0.1, 0.4]]],
  ["posterization", (from) => posterizationChange([2, 6], range).draw(from, shape), [[2, 5]]],
  [
    "solarization",
    (from) => solarizationChange([0, 0.5], [0, 1], range).draw(from, shape),
    [
      [0, 127.5],
      [0, 255],
    ],
  ],
  [
    "windows",
    (from) => drawWindows(from, shape, 4, 7),
    [
      [0, 4],
      [0, 3],
    ],
  ],
];

function tensorsOf(draws: unknown): Tensor[] {
  if (isTensor(draws)) return [draws];
  return typeof draws === "object" && draws !== null ? Object.values(draws).flatMap(tensorsOf) : [];
}

describe("numbers", () => {
  test.each(drawn)("%s", async (_, draw, bounds) => {
    const found = tensorsOf(draw(key(1)));
    expect(found.length).toBe(bounds.length);
    for (const [index, [low, high]] of bounds.entries()) {
      const values = Array.from(await found[index]!.data());
      expect(values.length).toBe(4000);
      const [least, most] = [Math.min(...values), Math.max(...values)];
      const near = (high - low) * 0.01;
      expect(least).toBeGreaterThanOrEqual(low - 1e-5);
      expect(most).toBeLessThanOrEqual(high + 1e-5);
      expect(least).toBeLessThan(low + near);
      expect(most).toBeGreaterThan(high - near);
    }
    for (const [index, again] of tensorsOf(draw(key(1))).entries()) {
      expect(await again.data()).toEqual(await found[index]!.data());
    }
  });

  test("two numbers of a picture have nothing to do with each other", async () => {
    for (const draw of [zoom(some, some), translation(some, some)]) {
      const { height, width } = draw.draw(key(3), shape);
      const [x, y] = [await height.data(), await width.data()];
      expect(Math.abs(correlation(x, y))).toBeLessThan(0.06);
    }
  });

  test.each([0.3, 1, 2.5])("shares of parameter %s: sum, mean and spread of the distribution", async (alpha) => {
    const shares = await Promise.all(drawShares(key(4), shape, 3, alpha).map(async (share) => await share.data()));
    for (let row = 0; row < 4000; row += 97) {
      expect(shares.reduce((sum, share) => sum + (share[row] ?? 0), 0)).toBeCloseTo(1, 5);
    }
    // Of the Dirichlet distribution: mean 1/3, variance (1/3)(2/3) / (3 alpha + 1).
    const variance = 2 / 9 / (3 * alpha + 1);
    for (const share of shares) {
      const values = Array.from(share);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean).toBeCloseTo(1 / 3, 1);
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(Math.abs(spread / variance - 1)).toBeLessThan(0.12);
    }
  });
});

function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [a, b] = [Array.from(x), Array.from(y)];
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = mean(a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB)));
  return (
    product / Math.sqrt(mean(a.map((value) => (value - meanA) ** 2)) * mean(b.map((value) => (value - meanB) ** 2)))
  );
}

const rule = transformRule("test", {});
const erasing = { factor: some, scale: some, fillValue: 0, valueRange: range };
const blur = { factor: some, sigma: some, kernelSize: [3, 3], valueRange: range } as const;

/** What is drawn, and how many are true. */
const chances: readonly (readonly [string, (from: Tensor) => Tensor, number])[] = [
  ["flip", (from) => flipChange("vertical").draw(from, shape), 0.5],
  ["grayscale", (from) => grayscaleChange(0.3).draw(from, shape), 0.3],
  // The likelihood is drawn too, so that the mean of its bounds counts.
  ["invert", (from) => invertChange([0, 0.5], range).draw(from, shape), 0.25],
  ["perspective", (from) => perspectiveChange([0.9, 0.9], 1, rule).draw(from, shape).isChanged, 0.9],
  ["blur", (from) => blurChange(blur).draw(from, shape).isChanged, 0.25],
  ["erasing", (from) => erasingChange(erasing).draw(from, shape).isErased, 0.25],
];

test.each(chances)("as many are true: %s", async (_, draw, share) => {
  const values = Array.from(await draw(key(2)).data());
  const found = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(found - share)).toBeLessThan(0.03);
  expect(await draw(key(2)).data()).toEqual(await draw(key(2)).data());
});

test("an erased rectangle lies inside, with the root of a share for each side", async () => {
  const { top, bottom, left, right } = erasingChange(erasing).draw(key(5), shape);
  const [up, down, start, end] = await Promise.all([top, bottom, left, right].map((side) => side.data()));
  for (let row = 0; row < 4000; row += 1) {
    const sides = [
      [up![row]!, down![row]!, 8],
      [start![row]!, end![row]!, 10],
    ] as const;
    for (const [from, to, extent] of sides) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(extent + 1e-4);
      const share = ((to - from) / extent) ** 2;
      expect(share).toBeGreaterThan(0.0999);
      expect(share).toBeLessThan(0.4001);
    }
  }
});

test("elastic fields: of each picture and direction its own, smooth, and as wide as said", async () => {
  const options = { factor: some, scale: [1, 1], valueRange: range, rule: transformRule("test", {}) } as const;
  const { down, across } = elasticChange(options).draw(key(6), [2, 60, 60, 1]);
  const [rows, columns] = [Array.from(await down.data()), Array.from(await across.data())];
  const [first, second] = [rows.slice(0, 3600), rows.slice(3600)];
  expect(Math.abs(correlation(first, second))).toBeLessThan(0.5);
  expect(Math.abs(correlation(first, columns.slice(0, 3600)))).toBeLessThan(0.5);
  expect(correlation(first.slice(0, -1), first.slice(1))).toBeGreaterThan(0.9);
  // Deviation 3, blurred by 3: 1 / (2 √π 3) of it remains, times alpha 6; a little less at the border.
  const spread = Math.sqrt(rows.reduce((sum, value) => sum + value ** 2, 0) / rows.length);
  expect(spread).toBeGreaterThan(1.3);
  expect(spread).toBeLessThan(2.1);
});

const random = Object.entries(preprocessingSamples).flatMap(([kind, list]) =>
  kind.startsWith("rand") || kind === "augMix" || kind === "solarization"
    ? list.map(({ make, input }, index) => ({ name: `${kind} ${index}`, layer: make(input), input }))
    : [],
);

function call(layer: Layer, x: Tensor, seed: number, training = true): Promise<ArrayLike<number>> {
  return layer.call({}, [x], { training, key: key(seed) }).outputs[0]!.data();
}

describe.each(random)("$name", ({ layer, input }) => {
  const one = uniform(key(7), [1, ...input], { low: -0.9, high: 0.9 });
  const same = concat(Array.from({ length: 24 }, () => one));
  const isCrop = layer.config.kind === "randomCrop";
  const isFixed = isCrop && layer.config.options["height"] === 7;

  test("pictures of a batch change each by itself", async () => {
    const found = Array.from(await call(layer, same, 1));
    const size = found.length / 24;
    const results = new Set(Array.from({ length: 24 }, (_, n) => found.slice(n * size, (n + 1) * size).join()));
    if (isFixed) expect(results.size).toBe(1);
    else expect(results.size).toBeGreaterThan(1);
  });

  test("the same key gives the same bits, another one others", async () => {
    const found = await call(layer, same, 1);
    expect(await call(layer, same, 1)).toEqual(found);
    if (!isFixed) expect(await call(layer, same, 2)).not.toEqual(found);
  });

  test("outside of training nothing is drawn", async () => {
    const found = await call(layer, same, 1, false);
    expect(await call(layer, same, 2, false)).toEqual(found);
    if (!isCrop) expect(found).toEqual(await same.data());
  });
});

test("a seed makes the draws of a layer others", async () => {
  const x = uniform(key(7), [8, 6, 7, 3]);
  const [first, second] = [
    layers.randomRotation({ factor: 0.5, seed: 1 }),
    layers.randomRotation({ factor: 0.5, seed: 2 }),
  ];
  expect(await call(first, x, 1)).not.toEqual(await call(second, x, 1));
});

test.each<[() => Layer, string]>([
  [() => layers.randomContrast({ factor: 1.5 }), "factor is 1.5"],
  [() => layers.randomContrast({ factor: [-0.1, 0.5] }), "factor is -0.1"],
  [() => layers.randomZoom({ heightFactor: -1 }), "heightFactor is -1"],
  [() => layers.randomPosterization({ factor: 2.5 }), "factor is 2.5"],
  [() => layers.randomGaussianBlur({ kernelSize: 4 }), "Give odd numbers"],
  [() => layers.randomBrightness({ factor: 0.1, valueRange: [1, 0] }), "valueRange is [1,0]"],
  [() => layers.randomRotation({ factor: 0.1, seed: -1 }), "seed is -1"],
  // @ts-expect-error Keras's name.
  [() => layers.randomRotation({ factor: 0.1, fill_mode: "wrap" }), "Write fillMode"],
])("%s is refused", (make, message) => {
  expect(make).toThrow(message);
});
