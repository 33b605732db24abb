import { beforeAll, describe, expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { identityMatrix, rotationMatrix, shearMatrix, translationMatrix } from "#learning/data/affine.ts";
import { boxColumns, eraseBatch, mixBatch, mixLabels } from "#learning/data/mix-batch.ts";
import { operationColumns, randAugmentBatch } from "#learning/data/rand-augment-batch.ts";
import { randAugmentPicture } from "#learning/data/rand-augment-oracle.ts";
import { type Operation, type OperationName, operationNames } from "#learning/data/rand-augment.ts";
import { type GoldenTensor, goldenValues, readGolden } from "../../../test/golden/golden.ts";

interface PackedTensor {
  readonly shape: readonly number[];
  readonly unit: number;
  readonly base64: string;
}
interface Mixed {
  readonly images: PackedTensor;
  readonly labels: GoldenTensor;
}
interface Golden {
  readonly input: GoldenTensor;
  readonly labels: GoldenTensor;
  readonly parameters: Readonly<Record<"brightness" | "colorDegeneration" | "contrast" | "sharpness", number[]>> &
    Readonly<Record<"posterization" | "additions" | "thresholds" | "degrees" | "order" | "shares", number[]>> &
    Readonly<Record<"shears" | "translations" | "boxes", number[][]>> & { readonly fillValue: number[] };
  readonly operations: Readonly<Record<OperationName, PackedTensor>>;
  readonly equalizationThenContrast: PackedTensor;
  readonly erasing: PackedTensor;
  readonly cutmix: Mixed;
  readonly mixup: Mixed;
}

function isGolden(value: unknown): value is Golden {
  return typeof value === "object" && value !== null && "operations" in value;
}

const read = readGolden("augment-layers");
if (!isGolden(read)) throw new Error("augment-layers.json has another form");
const golden: Golden = read;
const { parameters } = golden;
const [numPictures = 0, height = 0, width = 0, channels = 0] = golden.input.shape;
const input = goldenValues(golden.input);

beforeAll(async () => {
  installPlatform(createNodePlatform());
  await useDevice("js");
});

function unpacked({ base64, unit }: PackedTensor): number[] {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return Array.from(new Uint16Array(bytes.buffer), (value) => value * unit);
}

function images(): Tensor {
  return tensor(Float32Array.from(input), { shape: golden.input.shape });
}

function table(rows: readonly (readonly number[])[]): Tensor {
  return tensor(Float32Array.from(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0] });
}

/** The parameters that Keras was given, as our operation of picture `row`. */
function operationOf(name: OperationName, row: number): Operation {
  const at = (values: readonly number[]): number => values[row] ?? 0;
  const [across = 0, down = 0] = parameters.shears[row] ?? [];
  const [right = 0, below = 0] = parameters.translations[row] ?? [];
  const plain = { name, matrix: identityMatrix, strength: 0, threshold: 0 };
  if (name === "shear") return { ...plain, matrix: shearMatrix(across, down) };
  if (name === "translation") return { ...plain, matrix: translationMatrix(below, right) };
  if (name === "rotation") return { ...plain, matrix: rotationMatrix(at(parameters.degrees), height, width) };
  if (name === "posterization") return { ...plain, strength: 2 ** at(parameters.posterization) };
  if (name === "autoContrast" || name === "equalization") return plain;
  if (name === "solarization") {
    return { ...plain, strength: at(parameters.additions), threshold: at(parameters.thresholds) };
  }
  return { ...plain, strength: at(parameters[name]) };
}

const rows = Array.from({ length: numPictures }, (_, row) => row);

function largestDifference(found: ArrayLike<number>, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (found[index] ?? NaN))), 0);
}

/** Results are stored in steps of 1/256; a place between two pixels is rounded. */
const bound = 0.01;

describe("equals Keras", () => {
  test.each(operationNames)("RandAugment's %s", async (name) => {
    const operations = rows.map((row) => operationOf(name, row));
    const expected = unpacked(golden.operations[name]);
    const found = await randAugmentBatch(images(), table(operations.map((one) => operationColumns([one]))), {}).data();
    expect(largestDifference(found, expected)).toBeLessThan(bound);
    const size = height * width * channels;
    const oracle = operations.flatMap((one, row) =>
      Array.from(
        randAugmentPicture({ height, width, channels, data: input.subarray(row * size, (row + 1) * size) }, [one]),
      ),
    );
    expect(largestDifference(oracle, expected)).toBeLessThan(bound);
  });

  test("two operations one after another", async () => {
    const operations = rows.map((row) => [operationOf("equalization", row), operationOf("contrast", row)]);
    const found = await randAugmentBatch(images(), table(operations.map(operationColumns)), {}).data();
    expect(largestDifference(found, unpacked(golden.equalizationThenContrast))).toBeLessThan(bound);
  });

  test("a value range of 0 to 1 changes the scale alone", async () => {
    const operations = table(rows.map((row) => operationColumns([operationOf("brightness", row)])));
    const found = await randAugmentBatch(images().mul(1 / 255), operations, { valueRange: [0, 1] })
      .mul(255)
      .data();
    expect(largestDifference(found, unpacked(golden.operations.brightness))).toBeLessThan(bound);
  });

  test("RandomErasing", async () => {
    const boxes = table(parameters.boxes);
    const key = tensor(Int32Array.of(1, 2));
    const found = await eraseBatch(images(), boxes, key, { fillValue: parameters.fillValue }).data();
    expect(largestDifference(found, unpacked(golden.erasing))).toBeLessThan(bound);
  });

  test("CutMix, pictures and labels", async () => {
    const mixing = rows.map((row) => {
      const [top = 0, bottom = 0, left = 0, right = 0] = parameters.boxes[row] ?? [];
      const share = 1 - ((bottom - top) * (right - left)) / (height * width);
      return [parameters.order[row] ?? 0, share, 0, ...boxColumns({ top, bottom, left, right })];
    });
    await expectMixed(mixing, golden.cutmix);
  });

  test("MixUp, pictures and labels", async () => {
    const whole = boxColumns({ top: 0, bottom: height, left: 0, right: width });
    const mixing = rows.map((row) => {
      const share = parameters.shares[row] ?? 0;
      return [parameters.order[row] ?? 0, share, share, ...whole];
    });
    await expectMixed(mixing, golden.mixup);
  });
});

async function expectMixed(mixing: readonly (readonly number[])[], expected: Mixed): Promise<void> {
  const found = await mixBatch(images(), table(mixing)).data();
  expect(largestDifference(found, unpacked(expected.images))).toBeLessThan(bound);
  const labels = tensor(Float32Array.from(goldenValues(golden.labels)), { shape: golden.labels.shape });
  const foundLabels = await mixLabels(labels, table(mixing)).data();
  expect(largestDifference(foundLabels, Array.from(goldenValues(expected.labels)))).toBeLessThan(1e-6);
}
