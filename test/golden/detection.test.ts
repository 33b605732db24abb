// Boxes, non-maximum suppression, average precision and overlaps of masks equal torchvision's and pycocotools', as
// scripts/golden/detection.py tells of them.

import { beforeAll, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { tensor } from "#engine/tensor/create.ts";
import { useDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { grad } from "#engine/tensor/transforms.ts";
import type { CornerBox } from "#learning/data/detection/picture-objects.ts";
import { boxIou, convertBoxes, pairedIou } from "#learning/train/detection/boxes.ts";
import { meanAveragePrecision, type AveragePrecision } from "#learning/train/detection/mean-average-precision.ts";
import { nonMaxSuppression } from "#learning/train/detection/non-max-suppression.ts";
import { maskIou } from "#learning/train/detection/overlaps.ts";
import { distance, goldenValues, read, readGolden, uniformValues, type GoldenTensor } from "./golden.ts";

type Row = readonly [...CornerBox, label: number, last: number];

interface Case {
  readonly classes: number;
  readonly pictures: readonly { readonly objects: readonly Row[]; readonly found: readonly Row[] }[];
  readonly stats: readonly number[];
  readonly perClass: readonly (readonly number[])[];
}

interface Suppression {
  readonly seed: number;
  readonly count: number;
  readonly threshold: number;
  readonly classes: number;
  readonly kept: GoldenTensor;
}

const golden = readGolden("detection") as {
  readonly overlaps: Readonly<Record<"iou" | "giou" | "xywh" | "cxcywh" | "pairedGradient", GoldenTensor>>;
  readonly suppression: readonly Suppression[];
  readonly maskOverlaps: { readonly masks: GoldenTensor; readonly iou: GoldenTensor };
  readonly boxes: readonly Case[];
  readonly masks: readonly Case[];
};

beforeAll(() => useDevice("js"));

/** Corners as `boxes_of` of the script makes them. */
function boxesOf(seed: number, count: number, extent: number, largest: number): Float32Array {
  const corner = uniformValues(seed, 2 * count, extent / 2, extent / 2);
  const sides = uniformValues(seed + 1, 2 * count, (largest - 1) / 2, (largest + 1) / 2);
  return Float32Array.from({ length: 4 * count }, (_, index) => {
    const place = 2 * Math.floor(index / 4) + (index % 2);
    return (corner[place] ?? 0) + (index % 4 < 2 ? 0 : (sides[place] ?? 0));
  });
}

describe("boxes", () => {
  const left = tensor(boxesOf(11, 7, 40, 30), { shape: [7, 4] });
  const right = tensor(boxesOf(21, 5, 40, 30), { shape: [5, 4] });

  test.each(["iou", "giou"] as const)("%s equals torchvision's", async (kind) => {
    const found = await read(boxIou(left, right, { kind }));
    expect(distance(found, goldenValues(golden.overlaps[kind]))).toBeLessThan(1e-6);
  });

  test("the gradient of 1 - giou equals torchvision's", async () => {
    const other = tensor(boxesOf(41, 5, 40, 30), { shape: [5, 4] });
    const gradient = grad((own: Tensor) => pairedIou(own, other, { kind: "giou" }).sub(1).neg().sum())(
      tensor(boxesOf(31, 5, 40, 30), { shape: [5, 4] }),
    );
    expect(distance(await read(gradient), goldenValues(golden.overlaps.pairedGradient))).toBeLessThan(1e-5);
  });

  test.each(["xywh", "cxcywh"] as const)("%s and back equals torchvision's", async (form) => {
    const turned = convertBoxes(left, { from: "xyxy", to: form });
    expect(distance(await read(turned), goldenValues(golden.overlaps[form]))).toBeLessThan(1e-6);
    const back = convertBoxes(turned, { from: form, to: "xyxy" });
    expect(distance(await read(back), await read(left))).toBeLessThan(1e-6);
  });

  test("relative boxes are shares of the picture", async () => {
    const size = [100, 200] as const;
    const pixels = convertBoxes(tensor([[0.5, 0.5, 0.1, 0.2]]), { from: "cxcywh", to: "xyxy", relative: "from", size });
    expect((await read(pixels)).map(Math.round)).toEqual([90, 40, 110, 60]);
    const shares = convertBoxes(pixels, { from: "xyxy", to: "xywh", relative: "to", size });
    expect(distance(await read(shares), [0.45, 0.4, 0.1, 0.2])).toBeLessThan(1e-6);
  });

  test("what is no box is refused", () => {
    expect(() => boxIou(tensor([[1, 2, 3]]), right)).toThrow("boxIou: boxes [1, 3], expected [..., 4]");
    expect(() => convertBoxes(left, { from: "xyxy", to: "xywh", relative: "from" })).toThrow("need the picture's size");
    expect(() => convertBoxes(left, { from: "xyxy", to: "xyhw" as "xywh" })).toThrow("xywh");
  });
});

describe("nonMaxSuppression", () => {
  test.each(golden.suppression)("equals torchvision's: $count boxes, $classes classes", (one) => {
    const { seed, count, threshold, classes, kept } = one;
    const scores = Float32Array.from(uniformValues(seed + 2, count, 0.5, 0.5));
    const labels = uniformValues(seed + 3, count, classes / 2, classes / 2).map(Math.floor);
    const boxes = boxesOf(seed, count, 300, 60);
    const found = nonMaxSuppression(boxes, scores, { labels, iouThreshold: threshold });
    const expected = Array.from(goldenValues(kept));
    expect(found.count).toBe(expected.length);
    expect(Array.from(found.indices.subarray(0, found.count))).toEqual(expected);
    const few = nonMaxSuppression(boxes, scores, { labels, iouThreshold: threshold, maxDetections: 10 });
    expect(Array.from(few.indices)).toEqual(expected.slice(0, 10));
  });

  test("a score threshold, the best of a class, and what is left free", () => {
    const boxes = [
      [0, 0, 10, 10],
      [0, 0, 10, 9],
      [20, 20, 30, 30],
      [40, 40, 50, 50],
    ];
    const scores = [0.5, 0.9, 0.6, Number.NaN];
    expect(nonMaxSuppression(boxes, scores, { maxDetections: 4 })).toEqual({
      indices: Int32Array.of(1, 2, -1, -1),
      count: 2,
    });
    expect(nonMaxSuppression(boxes, scores, { topK: 1 }).count).toBe(1);
    expect(nonMaxSuppression(boxes, scores, { scoreThreshold: 0.6 }).count).toBe(1);
    expect(nonMaxSuppression([], [])).toEqual({ indices: new Int32Array(0), count: 0 });
    expect(() => nonMaxSuppression(boxes, [1])).toThrow("Give four numbers, one score and one label a box");
    expect(() => nonMaxSuppression(boxes, scores, { iouThreshold: 2 })).toThrow("iouThreshold");
  });
});

/** The twelve numbers in COCO's order. */
function statsOf(found: AveragePrecision): number[] {
  const { ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge } = found;
  const all = [ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge];
  return all.map((value) => (Number.isNaN(value) ? -1 : value));
}

const maskSize = [80, 90] as const;

/** A box's inside; of every other class a checkerboard. */
function maskOf([x1, y1, x2, y2, label]: Row): Uint8Array {
  const [height, width] = maskSize;
  return Uint8Array.from({ length: height * width }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const isInside = row >= y1 && row < y2 && column >= x1 && column < x2;
    return Number(isInside && !(label % 2 === 1 && row % 2 === 0 && column % 2 === 0));
  });
}

function evaluated({ pictures, classes }: Case, overlap: "boxes" | "masks"): AveragePrecision {
  const parts = (rows: readonly Row[]) => ({
    boxes: rows.map(([x1, y1, x2, y2]): CornerBox => [x1, y1, x2, y2]),
    labels: rows.map(([, , , , label]) => label),
    ...(overlap === "masks" ? { masks: rows.map(maskOf) } : {}),
  });
  return meanAveragePrecision(
    pictures.map(({ objects }) => ({ ...parts(objects), crowd: objects.map((row) => row[5] === 1) })),
    pictures.map(({ found }) => ({ ...parts(found), scores: found.map((row) => row[5]) })),
    { numClasses: classes, overlap },
  );
}

describe("meanAveragePrecision", () => {
  const cases = [
    ...golden.boxes.map((one, index) => ({ name: `boxes ${index}`, one, overlap: "boxes" as const })),
    ...golden.masks.map((one, index) => ({ name: `masks ${index}`, one, overlap: "masks" as const })),
  ];
  test.each(cases)("equals pycocotools: $name", ({ one, overlap }) => {
    const found = evaluated(one, overlap);
    for (const [place, value] of statsOf(found).entries()) expect(value).toBeCloseTo(one.stats[place] ?? 9, 9);
    for (const { label, ap, ap50, ap75, ar } of found.perClass) {
      const own = [ap, ap50, ap75, ar].map((value) => (Number.isNaN(value) ? -1 : value));
      own.forEach((value, place) => expect(value).toBeCloseTo(one.perClass[label]?.[place] ?? 9, 9));
    }
  });

  test("all right is 1, nothing found 0, nothing there no number", () => {
    const truth = [{ boxes: [[1, 1, 5, 5] as const], labels: [0] }];
    const right = meanAveragePrecision(truth, [{ boxes: [[1, 1, 5, 5]], labels: [0], scores: [0.1] }]);
    expect(right.ap).toBeCloseTo(1, 12);
    expect([right.ar100, right.apLarge]).toEqual([1, Number.NaN]);
    expect(meanAveragePrecision(truth, [{ boxes: [], labels: [], scores: [] }]).ap).toBe(0);
    expect(meanAveragePrecision([], []).ap).toBeNaN();
    expect(() => meanAveragePrecision(truth, [])).toThrow("1 pictures with objects, 0 with detections");
    expect(() => meanAveragePrecision(truth, [{ boxes: [], labels: [1], scores: [] }])).toThrow(
      "one of labels for each",
    );
    const masks = () => meanAveragePrecision(truth, [{ boxes: [], labels: [], scores: [] }], { overlap: "masks" });
    expect(masks).toThrow("Give masks for every object");
  });
});

test("maskIou equals pycocotools", () => {
  const { masks, iou } = golden.maskOverlaps;
  const pixels = goldenValues(masks);
  const [count = 0] = masks.shape;
  const each = Array.from({ length: count }, (_, index) => pixels.subarray(index * 63, (index + 1) * 63));
  const found = maskIou(each.slice(0, 4), each.slice(4), [false, true, false]);
  expect(distance(found, goldenValues(iou))).toBeLessThan(1e-12);
  expect(() => maskIou([[1]], [[1, 0]])).toThrow("masks of 1 and 2 pixels");
});
