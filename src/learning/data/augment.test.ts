import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  affineMatrix,
  type AugmentParameters,
  drawAugmentation,
  drawParameters,
  type FillMode,
} from "#learning/data/augment.ts";
import { augmentPicture } from "#learning/data/augment-oracle.ts";
import { resolveAugment } from "#learning/data/augment-options.ts";

interface GoldenTensor {
  readonly shape: readonly [number, number, number];
  readonly dtype: "u8" | "u16";
  readonly unit?: number;
  readonly base64: string;
}
interface GoldenCase {
  readonly parameters: Partial<AugmentParameters> & { readonly channelShiftIntensity?: number };
  readonly fillMode: FillMode;
  readonly output: GoldenTensor;
  readonly outputOwnCentre?: GoldenTensor;
}
interface Golden {
  readonly cval: number;
  readonly input: GoldenTensor;
  readonly cases: Readonly<Record<string, GoldenCase>>;
}

function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`../../../test/golden/${name}.json`, import.meta.url), "utf8"));
}

function values({ dtype, unit = 1, base64 }: GoldenTensor): Float64Array {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  const stored = dtype === "u8" ? bytes : new Uint16Array(bytes.buffer);
  return Float64Array.from(stored, (value) => value * unit);
}

const nothing: AugmentParameters = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
  channelShift: 0,
  brightness: 1,
};

function augmentLike(golden: Golden, { parameters, fillMode }: GoldenCase, pivot: "centre" | "keras"): Float64Array {
  const [height, width, channels] = golden.input.shape;
  const all = { ...nothing, ...parameters, channelShift: parameters.channelShiftIntensity ?? 0 };
  const matrix = affineMatrix(all, height, width, pivot);
  return augmentPicture(
    { height, width, channels, data: values(golden.input) },
    { matrix, channelShift: all.channelShift, brightness: all.brightness },
    { fillMode, cval: golden.cval, ...(parameters.brightness === undefined ? {} : { brightnessRange: [0, 9] }) },
  );
}

function meanDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, index) => sum + Math.abs(value - (right[index] ?? NaN)), 0) / left.length;
}

describe("augmentation of fixed parameters equals Keras", () => {
  const square = readGolden("augment");
  const rectangle = readGolden("augment-rectangle");
  // The stored pictures are rounded to 1/256; Keras's brightness rounds down, where a hair decides.
  test.each(Object.entries(square.cases))("square: %s", (_, golden) => {
    const bound = golden.parameters.brightness === undefined ? 0.01 : 0.05;
    expect(meanDifference(augmentLike(square, golden, "centre"), values(golden.output))).toBeLessThan(bound);
  });
  test.each(Object.entries(rectangle.cases))("rectangle, Keras's pivot: %s", (_, golden) => {
    expect(meanDifference(augmentLike(rectangle, golden, "keras"), values(golden.output))).toBeLessThan(0.01);
  });
  test.each(Object.entries(rectangle.cases))("rectangle, its own centre: %s", (_, golden) => {
    const expected = values(golden.outputOwnCentre ?? golden.output);
    expect(meanDifference(augmentLike(rectangle, golden, "centre"), expected)).toBeLessThan(0.01);
  });
});

describe("drawing", () => {
  const options = {
    rotationRange: 40,
    widthShiftRange: 0.2,
    heightShiftRange: 3.5,
    shearRange: 10,
    zoomRange: 0.2,
    channelShiftRange: 20,
    brightnessRange: [0.5, 1.5],
    horizontalFlip: true,
    verticalFlip: true,
  } as const;
  const many = Array.from({ length: 2000 }, (_, index) =>
    drawParameters(options, { seed: 5, epoch: 1, index }, 100, 200),
  );
  const bounds: readonly [keyof AugmentParameters, number, number][] = [
    ["theta", -40, 40],
    ["tx", -40, 40],
    ["ty", -3.5, 3.5],
    ["shear", -10, 10],
    ["zx", 0.8, 1.2],
    ["zy", 0.8, 1.2],
    ["channelShift", -20, 20],
    ["brightness", 0.5, 1.5],
    ["flipHorizontal", 0, 1],
    ["flipVertical", 0, 1],
  ];

  test.each(bounds)("%s fills [%f, %f] evenly", (name, low, high) => {
    const drawn = many.map((one) => Number(one[name]));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(high);
    expect(Math.min(...drawn)).toBeLessThan(low + (high - low) * 0.01);
    expect(Math.max(...drawn)).toBeGreaterThan(high - (high - low) * 0.01);
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((high - low) * 0.04);
  });

  test("depends on seed, epoch and index, and on nothing else", () => {
    const draw = (seed: number, epoch: number, index: number) =>
      drawAugmentation(options, { seed, epoch, index }, 10, 10);
    expect(draw(1, 2, 3)).toEqual(draw(1, 2, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(2, 2, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(1, 3, 3));
    expect(draw(1, 2, 3)).not.toEqual(draw(1, 2, 4));
  });

  test("nothing asked for is the identity, exactly", () => {
    const { matrix } = drawAugmentation({}, { seed: 1, epoch: 0, index: 9 }, 31, 17);
    // Adding 0 makes -0 the 0 it equals.
    expect(matrix.map((value) => value + 0)).toEqual([1, 0, 0, 0, 1, 0]);
  });

  test("whole shifts are pixels, lists are chosen from", () => {
    const shifts = Array.from({ length: 300 }, (_, index) =>
      drawParameters({ widthShiftRange: 3, heightShiftRange: [0.25] }, { seed: 1, epoch: 0, index }, 40, 40),
    );
    expect(new Set(shifts.map(({ tx }) => tx + 0))).toEqual(new Set([-2, -1, 0, 1, 2]));
    expect(new Set(shifts.map(({ ty }) => ty))).toEqual(new Set([-10, 10]));
  });
});

describe("options", () => {
  test("presets", () => {
    expect(resolveAugment("none")).toBeUndefined();
    expect(resolveAugment("light")).toMatchObject({ rotationRange: 10, zoomRange: 0.1 });
    expect(resolveAugment("standard")).toMatchObject({ rotationRange: 40, horizontalFlip: true });
  });
  test.each([
    [{ rotation_range: 40 }, "Write rotationRange."],
    [{ rotate: 40 }, 'no option "rotate"'],
    [{ zoomRange: 2 }, "zoomRange is 2"],
    [{ brightnessRange: 0.2 }, "two factors"],
    [{ fillMode: "mirror" }, "nearest, constant, reflect, wrap"],
    ["heavy", '"none", "light", "standard"'],
  ])("%j is refused", (augment, message) => {
    expect(() => resolveAugment(augment)).toThrow(message);
  });
});
