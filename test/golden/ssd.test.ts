// An SSD's default boxes, matching, loss and its gradients, and decoded boxes equal torchvision's, as scripts/golden/ssd.py tells.

import { beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { sizeOf } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { valueAndGrad } from "#engine/tensor/transforms.ts";
import { defaultBoxes, evenScales, type Extents } from "#learning/zoo/ssd/anchors.ts";
import { decodeBoxes, encodeBoxes } from "#learning/zoo/ssd/box-coder.ts";
import { matchAnchors } from "#learning/zoo/ssd/match-anchors.ts";
import { ssdLoss } from "#learning/zoo/ssd/ssd-loss.ts";
import { ssd300Vgg16 } from "#learning/zoo/ssd/vgg-maps.ts";
import { distance, goldenValues, read, readGolden, sampled, uniformTensor, type GoldenTensor } from "./golden.ts";

interface Layout {
  readonly size: Extents;
  readonly maps: readonly Extents[];
  readonly ratios: readonly (readonly number[])[];
}

const golden = readGolden("ssd") as {
  readonly classes: number;
  readonly small: Layout & { readonly anchors: GoldenTensor };
  readonly ssd300: Layout & {
    readonly scales: readonly number[];
    readonly steps: readonly number[];
    readonly count: number;
    readonly sum: number;
    readonly samples: readonly number[];
  };
  readonly loss: {
    readonly boxes: readonly (readonly (readonly number[])[])[];
    readonly labels: readonly (readonly number[])[];
    readonly matches: GoldenTensor;
    readonly box: number;
    readonly classification: number;
    readonly correctionsGradient: GoldenTensor;
    readonly logitsGradient: GoldenTensor;
    readonly decoded: GoldenTensor;
  };
  readonly ssd300Vgg16: number;
};
const { small, ssd300, loss, classes } = golden;
const [anchorShape, maxBoxes] = [small.anchors.shape, 4];
const [numAnchors = 0] = anchorShape;

beforeAll(() => useDevice("js"));

const anchors = (): Tensor => tensor(Float32Array.from(goldenValues(small.anchors)), { shape: anchorShape });
/** Boxes and labels of all pictures, filled up to four. */
const boxes = (): Tensor =>
  tensor(
    Float32Array.from(
      loss.boxes.flatMap((own) => Array.from({ length: 4 * maxBoxes }, (_, at) => own.flat()[at] ?? 0)),
    ),
    { shape: [3, maxBoxes, 4] },
  );
const labels = (): Tensor =>
  tensor(Int32Array.from(loss.labels.flatMap((own) => Array.from({ length: maxBoxes }, (_, at) => own[at] ?? -1))), {
    shape: [3, maxBoxes],
  });

describe("default boxes", () => {
  test("of scales that are evenly spread", () => {
    const scales = evenScales(3, 0.15, 0.9);
    const found = defaultBoxes({ size: small.size, maps: small.maps, aspectRatios: small.ratios, scales });
    expect(distance(found, goldenValues(small.anchors))).toBeLessThan(1e-6);
  });

  test("of SSD300", () => {
    const { size, maps, ratios: aspectRatios, scales, steps, count, sum, samples } = ssd300;
    const found = defaultBoxes({ size, maps, aspectRatios, scales, steps });
    expect(found.length).toBe(4 * count);
    expect(distance(sampled(found, 64), samples)).toBeLessThan(1e-6);
    expect(found.reduce((total, one) => total + one, 0) / sum).toBeCloseTo(1, 6);
    expect(() => defaultBoxes({ size, maps, aspectRatios, scales: [0.1] })).toThrow(
      "6 feature maps, 6 aspectRatios and 1",
    );
  });
});

test("matching", async () => {
  expect(await read(matchAnchors(boxes(), labels(), anchors(), 0.5))).toEqual(Array.from(goldenValues(loss.matches)));
});

test("decoded boxes, and encoded again", async () => {
  const corrections = uniformTensor(1, [3, numAnchors, 4], 2).slice([0, 0, 0], [1, numAnchors, 4]);
  const decoded = decodeBoxes(corrections, anchors());
  expect(distance(await read(decoded), goldenValues(loss.decoded))).toBeLessThan(1e-5);
  expect(distance(await read(encodeBoxes(decoded, anchors())), await read(corrections))).toBeLessThan(1e-4);
});

test("loss and gradients", async () => {
  const given = {
    corrections: uniformTensor(1, [3, numAnchors, 4], 2).cast("f32"),
    logits: uniformTensor(2, [3, numAnchors, classes + 1], 2).cast("f32"),
  };
  const { gradient, aux } = valueAndGrad((own: typeof given) => {
    const found = ssdLoss({ ...own, boxes: boxes(), labels: labels(), anchors: anchors() });
    return { value: found.box.add(found.classification), aux: found };
  })(given);
  expect(await aux.box.item()).toBeCloseTo(loss.box, 4);
  expect(await aux.classification.item()).toBeCloseTo(loss.classification, 4);
  expect(distance(await read(gradient.corrections), goldenValues(loss.correctionsGradient))).toBeLessThan(1e-4);
  expect(distance(await read(gradient.logits), goldenValues(loss.logitsGradient))).toBeLessThan(1e-4);
});

test("SSD300 with VGG16 has as many weights as torchvision's", () => {
  const { weights } = ssd300Vgg16({ classes: 90 }).net.network;
  expect(weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(golden.ssd300Vgg16);
  expect(golden.ssd300Vgg16).toBe(35_641_826);
});
