// Random layers of pictures against Keras: what they do with given draws.

import "#entry/install-node.ts";
import { beforeAll, describe, expect, test } from "vitest";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  equalizeWithin,
  posterizationChange,
  solarizationChange,
  stretchWithin,
} from "#learning/nn/preprocessing/levels.ts";
import { toRange, type Bounds } from "#learning/nn/preprocessing/picture-layer.ts";
import { spreadInTiles } from "#learning/nn/preprocessing/adaptive-equalization.ts";
import { mixChains } from "#learning/nn/preprocessing/rand-augment.ts";
import {
  degenerationChange,
  grayscaleChange,
  hueChange,
  invertChange,
  saturationChange,
} from "#learning/nn/preprocessing/random-colours.ts";
import { elasticChange } from "#learning/nn/preprocessing/random-elastic.ts";
import { erasingChange } from "#learning/nn/preprocessing/random-erasing.ts";
import { flipChange, type FlipMode } from "#learning/nn/preprocessing/random-flip.ts";
import {
  blurChange,
  brightnessChange,
  contrastChange,
  sharpnessChange,
} from "#learning/nn/preprocessing/random-light.ts";
import { motionChange, rotation, shear, translation, zoom } from "#learning/nn/preprocessing/random-motion.ts";
import { perspectiveChange } from "#learning/nn/preprocessing/random-perspective.ts";
import { windowsOf } from "#learning/nn/preprocessing/resizing.ts";
import { transformRule, type PictureFillMode } from "#learning/nn/preprocessing/transform.ts";
import { goldenValues, read, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

interface Options {
  readonly valueRange?: Bounds;
  readonly mode?: FlipMode;
  readonly fillMode?: PictureFillMode;
  readonly fillValue?: number | readonly number[];
  readonly interpolation?: "nearest" | "bilinear";
  readonly height?: number;
  readonly width?: number;
  readonly bins?: number;
  readonly kernelSize?: number;
  readonly tileGridSize?: readonly [number, number];
  readonly clipLimit?: number;
}
type Draws = Readonly<Record<string, number | readonly number[] | readonly (readonly (readonly number[])[])[]>>;
interface Case {
  readonly layer: string;
  readonly options: Options;
  readonly draws: Draws;
  readonly output: GoldenTensor;
}
interface Golden {
  readonly cases: readonly Case[];
  readonly augMix: {
    readonly added: number[];
    readonly contrast: number[];
    readonly sharpness: number[];
    readonly shares: number[];
    readonly own: number;
    readonly output: GoldenTensor;
  };
  readonly randAugmentOperations: readonly string[];
}

const golden = readGolden("picture-layers") as Golden;
const shape = [2, 7, 9, 3];

/** The script's pictures. */
function pictures([low, high]: Bounds = [0, 255]): Tensor {
  const x = uniformValues(51, 378, (high - low) / 2, (high + low) / 2);
  const at = (n: number, row: number, column: number, channel: number): number =>
    ((n * 7 + row) * 9 + column) * 3 + channel;
  for (let row = 0; row < 7; row += 1) {
    for (let column = 0; column < 9; column += 1) x[at(1, row, column, 1)] = low + (high - low) * 0.25;
  }
  for (const channel of [0, 1, 2]) {
    x[at(0, 0, 0, channel)] = low;
    x[at(0, 1, 1, channel)] = high;
    x[at(1, 2, 2, channel)] = x[at(1, 2, 2, 0)]!;
  }
  return tensor(
    Float32Array.from(x, (value) => Math.min(high, Math.max(low, value))),
    { shape },
  );
}

const column = (values: unknown): Tensor => tensor(Float32Array.from(values as number[]), { shape: [2, 1] });
const each = (values: unknown): Tensor => tensor(Float32Array.from(values as number[]), { shape: [2, 1, 1, 1] });
const whether = (values: unknown): Tensor => each(values).cast("bool");
const any: Bounds = [0, 1];

/** A layer's change of the pictures with the script's draws. */
const changes: Readonly<Record<string, (images: Tensor, draws: Draws, options: Options) => Tensor>> = {
  randomFlip: (images, { isFlipped }, { mode = "horizontal" }) => flipChange(mode).change(images, whether(isFlipped)),
  randomRotation: (images, { degrees }, options) =>
    motionChange(rotation(any), ruleOf(options)).change(images, column(degrees)),
  randomZoom: (images, { height, width }, options) =>
    motionChange(zoom(any, any), ruleOf(options)).change(images, { height: column(height), width: column(width) }),
  randomTranslation: (images, { height, width }, options) =>
    motionChange(translation(any, any), ruleOf(options)).change(images, {
      height: column(height),
      width: column(width),
    }),
  randomShear: (images, { x, y }, options) =>
    motionChange(shear(any, any), ruleOf(options)).change(images, { x: column(x), y: column(y) }),
  randomPerspective: (images, { isChanged, growth }, options) =>
    perspectiveChange(any, 1, ruleOf({ ...options, fillMode: "constant" })).change(images, {
      isChanged: whether(isChanged),
      growth: tensor(growth as number[][][]),
    }),
  randomElasticTransform: (images, _draws, options) => {
    const field = (seed: number, limit: number): Tensor =>
      tensor(Float32Array.from(uniformValues(seed, 126, limit)), { shape: [2, 7, 9] });
    const rule = { factor: any, scale: any, valueRange: [0, 255] as const, rule: ruleOf(options) };
    const draws = { isChanged: whether([1, 1]), down: field(62, 4), across: field(63, 5) };
    return elasticChange(rule).change(images, draws);
  },
  randomCrop: (images, { top, left }, { height = 1, width = 1 }) => {
    const corner = (place: unknown): Tensor =>
      tensor(Int32Array.of(Number(place), Number(place)), { shape: [2, 1, 1] });
    return windowsOf(images, { top: corner(top), left: corner(left) }, height, width);
  },
  randomBrightness: (images, { added }, { valueRange }) =>
    brightnessChange(any, valueRange ?? [0, 255]).change(images, each(added)),
  randomContrast: (images, { factor }, { valueRange }) =>
    contrastChange(any, valueRange ?? [0, 255]).change(images, each(factor)),
  randomSharpness: (images, { factor }, { valueRange }) =>
    sharpnessChange(any, valueRange ?? [0, 255]).change(images, each(factor)),
  randomSaturation: (images, { factor }, { valueRange }) =>
    saturationChange(any, valueRange ?? [0, 255]).change(images, each(factor)),
  randomHue: (images, { factor }, { valueRange }) =>
    hueChange(any, valueRange ?? [0, 255]).change(images, each(factor)),
  randomColorDegeneration: (images, { factor }, { valueRange }) =>
    degenerationChange(any, valueRange ?? [0, 255]).change(images, each(factor)),
  randomGrayscale: (images, { isChanged }) => grayscaleChange(0.5).change(images, whether(isChanged)),
  randomInvert: (images, { isChanged }, { valueRange }) =>
    invertChange(any, valueRange ?? [0, 255]).change(images, whether(isChanged)),
  randomPosterization: (images, { numBits }, { valueRange }) =>
    posterizationChange(any, valueRange ?? [0, 255]).change(images, each(numBits)),
  randomGaussianBlur: (images, { isChanged, sigma }, { valueRange, kernelSize = 3 }) => {
    const [across, down] = sigma as number[];
    const rule = {
      factor: any,
      sigma: any,
      kernelSize: [kernelSize, kernelSize],
      valueRange: valueRange ?? [0, 255],
    } as const;
    return blurChange(rule).change(images, {
      isChanged: whether(isChanged),
      across: each([across, across]),
      down: each([down, down]),
    });
  },
  randomErasing: (images, { isErased, top, bottom, left, right }, { fillValue = 0 }) => {
    const clipped = [fillValue].flat().map((value) => Math.min(255, value));
    return erasingChange({ factor: any, scale: any, fillValue, valueRange: [0, 255] }).change(images, {
      isErased: whether(isErased),
      top: each(top),
      bottom: each(bottom),
      left: each(left),
      right: each(right),
      fill: tensor(Float32Array.from(clipped)),
    });
  },
  solarization: (images, { additions, thresholds }, { valueRange }) =>
    solarizationChange(any, any, valueRange ?? [0, 255]).change(images, {
      additions: each(additions),
      thresholds: each(thresholds),
    }),
  autoContrast: (images, _draws, { valueRange }) => stretchWithin(images, valueRange ?? [0, 255]),
  contrastLimitedAdaptiveHistogramEqualization: (
    images,
    _draws,
    { valueRange, tileGridSize = [8, 8], clipLimit = 4 },
  ) =>
    toRange(
      spreadInTiles(toRange(images, valueRange ?? [0, 255], [0, 255]), tileGridSize, clipLimit),
      [0, 255],
      valueRange ?? [0, 255],
    ),
  equalization: (images, _draws, { valueRange, bins = 256 }) => equalizeWithin(images, valueRange ?? [0, 255], bins),
};

function ruleOf({ interpolation, fillMode, fillValue }: Options): ReturnType<typeof transformRule> {
  return transformRule("test", { interpolation, fillMode, fillValue: typeof fillValue === "number" ? fillValue : 0 });
}

beforeAll(() => useDevice("js"));

/** The largest difference as a share of the value range. */
async function difference(found: Tensor, expected: GoldenTensor, [low, high]: Bounds = [0, 255]): Promise<number> {
  expect(found.shape).toEqual(expected.shape);
  const [values, wanted] = [await read(found), goldenValues(expected)];
  return wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - values[index]!)), 0) / (high - low);
}

describe("with given draws equals Keras", () => {
  const named = golden.cases.map(
    (one, index) => [`${index} ${one.layer} ${JSON.stringify(one.options)}`, one] as const,
  );
  test.each(named)("%s", async (_, { layer, options, draws, output }) => {
    const found = changes[layer]!(pictures(options.valueRange), draws, options);
    expect(await difference(found, output, options.valueRange)).toBeLessThan(1e-5);
  });

  test("AugMix of three rows of operations", async () => {
    const { added, contrast, sharpness, shares, own, output } = golden.augMix;
    const images = pictures();
    const range: Bounds = [0, 255];
    const lit = brightnessChange(any, range).change(images, each(added));
    const chains = [
      contrastChange(any, range).change(lit, each(contrast)),
      images,
      sharpnessChange(any, range).change(images, each(sharpness)),
    ];
    const draws = {
      shares: shares.map((share) => each([share, share])),
      own: each([own, own]),
      valueRange: range,
    };
    expect(await difference(mixChains(images, chains, draws), output)).toBeLessThan(1e-5);
  });

  test("the operations of RandAugment are Keras's", () => {
    const known = [
      "random_shear",
      "random_translation",
      "random_rotation",
      "random_posterization",
      "solarization",
      "auto_contrast",
      "equalization",
      "random_brightness",
      "random_color_degeneration",
      "random_contrast",
      "random_sharpness",
    ];
    expect(golden.randAugmentOperations.toSorted()).toEqual(known.toSorted());
  });
});
