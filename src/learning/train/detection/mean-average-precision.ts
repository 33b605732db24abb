// COCO's measure of a detector: average precision over overlaps, classes and sizes. On the host, in double precision.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer } from "#engine/base/options.ts";
import { checkObjects, type PictureDetections, type PictureObjects } from "#learning/data/detection/picture-objects.ts";
import { judge, type AreaRange, type ClassPair, type Judgement } from "./match-objects.ts";
import { boxOverlaps, maskArea, maskIou } from "./overlaps.ts";
import { classCurve, type ClassCurve } from "./precision-recall.ts";

export interface AveragePrecisionOptions {
  /** From 0 to this - 1; as many as there are labels of true objects when left out. */
  readonly numClasses?: number;
  /** Whether boxes overlap or masks; "boxes". */
  readonly overlap?: "boxes" | "masks";
  /** 0.5, 0.55 to 0.95 when left out. */
  readonly iouThresholds?: readonly number[];
  /** Of a picture and class: three numbers, rising; [1, 10, 100]. */
  readonly maxDetections?: readonly [number, number, number];
}

/** Of one class, over all sizes. NaN where it has no true object. */
export interface ClassPrecision {
  readonly label: number;
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly ar: number;
}

/** The twelve numbers that COCO reports, 0 to 1: NaN where nothing true is of that size. */
export interface AveragePrecision {
  /** Mean average precision over all thresholds and classes: "mAP". */
  readonly ap: number;
  /** At overlap 0.5, and at 0.75; NaN where they are no thresholds. */
  readonly ap50: number;
  readonly ap75: number;
  /** Of objects up to 32² pixels, up to 96², and larger. */
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  /** Mean highest recall with as many detections as each of `maxDetections` says. */
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
  readonly perClass: readonly ClassPrecision[];
}

const coco = {
  thresholds: Array.from({ length: 10 }, (_, step) => (step === 9 ? 0.95 : step * ((0.95 - 0.5) / 9) + 0.5)),
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const satisfies Record<string, AreaRange | readonly number[]>;

type AreaName = "all" | "small" | "medium" | "large";

/**
 * COCO's average precision and recall of what was found in pictures.
 * @param truth one for each picture; pictures without objects count
 * @param found one for each picture, in the same order. Of equal scores earlier ones come first.
 * @throws shape where lists differ in length; option
 * @source pycocotools 2.0, COCOeval (Lin et al., Microsoft COCO, 2014)
 * @example
 * const { ap, ap50 } = meanAveragePrecision(
 *   [{ boxes: [[10, 10, 50, 60]], labels: [0] }],
 *   [{ boxes: [[12, 11, 50, 58]], labels: [0], scores: [0.9] }],
 * );
 */
export function meanAveragePrecision(
  truth: readonly PictureObjects[],
  found: readonly PictureDetections[],
  options: AveragePrecisionOptions = {},
): AveragePrecision {
  const where = "meanAveragePrecision";
  checkOptions(where, options, ["numClasses", "overlap", "iouThresholds", "maxDetections"]);
  const { overlap = "boxes", iouThresholds = coco.thresholds, maxDetections = [1, 10, 100] } = options;
  choice(where, "overlap", overlap, ["boxes", "masks"]);
  if (truth.length !== found.length) {
    const counts = `${truth.length} pictures with objects, ${found.length} with detections`;
    throw new SinterError("shape", `${where}: ${counts}. Give both for each picture, empty lists where there is none.`);
  }
  for (const one of [...truth, ...found]) checkObjects(where, one);
  const numClasses = integer(where, "numClasses", options.numClasses ?? classesOf(truth));
  const [first, second, most] = maxDetections;
  const classes = Array.from({ length: numClasses }, (_, label) => {
    const pairs = truth.flatMap((one, picture) => pairOf(one, found[picture], { label, overlap, most }));
    const judgements = (area: AreaName): Judgement[] => pairs.map((pair) => judge(pair, iouThresholds, coco[area]));
    const curve = (area: AreaName, max = most): ClassCurve | undefined =>
      classCurve(judgements(area), iouThresholds.length, max);
    const sizes = { all: curve("all"), small: curve("small"), medium: curve("medium"), large: curve("large") };
    return { ...sizes, first: curve("all", first), second: curve("all", second) };
  });
  return summarized(classes, iouThresholds);
}

function classesOf(truth: readonly PictureObjects[]): number {
  return truth.reduce((most, { labels }) => labels.reduce((high, label) => Math.max(high, label + 1), most), 1);
}

interface PairPlace {
  readonly label: number;
  readonly overlap: "boxes" | "masks";
  readonly most: number;
}

/** The objects of one class in a picture; none where there is nothing. */
function pairOf(truth: PictureObjects, found: PictureDetections | undefined, place: PairPlace): ClassPair[] {
  if (found === undefined) return [];
  const ofLabel = (labels: readonly number[]): number[] =>
    Array.from(labels.keys()).filter((index) => labels[index] === place.label);
  const trueOnes = ofLabel(truth.labels);
  const { scores } = found;
  const byScore = (a: number, b: number): number => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b;
  const foundOnes = ofLabel(found.labels).sort(byScore).slice(0, place.most);
  if (trueOnes.length === 0 && foundOnes.length === 0) return [];
  const crowd = trueOnes.map((index) => truth.crowd?.[index] ?? false);
  const shapes = place.overlap === "masks" ? masksOf : boxesOf;
  const { overlaps, foundAreas, truthAreas } = shapes(pick(found, foundOnes), pick(truth, trueOnes), crowd);
  const areas = trueOnes.map((index, at) => truth.areas?.[index] ?? truthAreas[at] ?? 0);
  return [{ scores: foundOnes.map((index) => scores[index] ?? 0), foundAreas, truthAreas: areas, crowd, overlaps }];
}

type Shapes = Pick<PictureObjects, "boxes" | "masks">;
type Compared = Pick<ClassPair, "overlaps" | "foundAreas" | "truthAreas">;

function pick({ boxes, masks }: Shapes, chosen: readonly number[]): Shapes {
  const own = boxes.length === 0 ? [] : chosen.flatMap((index) => (boxes[index] === undefined ? [] : [boxes[index]]));
  if (masks === undefined) return { boxes: own };
  return { boxes: own, masks: chosen.flatMap((index) => (masks[index] === undefined ? [] : [masks[index]])) };
}

function boxesOf({ boxes: found }: Shapes, { boxes: truth }: Shapes, crowd: readonly boolean[]): Compared {
  const areas = (boxes: PictureObjects["boxes"]): number[] => boxes.map(([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1));
  const overlaps = boxOverlaps(found, truth, (index) => crowd[index] === true);
  return { overlaps, foundAreas: areas(found), truthAreas: areas(truth) };
}

function masksOf(found: Shapes, truth: Shapes, crowd: readonly boolean[]): Compared {
  const [own, other] = [found.masks, truth.masks];
  if ((own === undefined && found.boxes.length > 0) || (other === undefined && truth.boxes.length > 0)) {
    throw new SinterError("option", 'meanAveragePrecision: overlap "masks" needs masks. Give masks for every object.');
  }
  const [foundMasks, truthMasks] = [own ?? [], other ?? []];
  const overlaps = maskIou(foundMasks, truthMasks, crowd);
  return { overlaps, foundAreas: foundMasks.map(maskArea), truthAreas: truthMasks.map(maskArea) };
}

type ClassCurves = Readonly<Record<AreaName | "first" | "second", ClassCurve | undefined>>;

function summarized(classes: readonly ClassCurves[], thresholds: readonly number[]): AveragePrecision {
  const curves = (name: keyof ClassCurves): ClassCurve[] => classes.flatMap((one) => one[name] ?? []);
  const levelOf = (threshold: number): number => thresholds.findIndex((one) => Math.abs(one - threshold) < 1e-9);
  const at = (list: readonly ClassCurve[], threshold: number): number => precisionOf(list, levelOf(threshold));
  return {
    ap: precisionOf(curves("all")),
    ap50: at(curves("all"), 0.5),
    ap75: at(curves("all"), 0.75),
    apSmall: precisionOf(curves("small")),
    apMedium: precisionOf(curves("medium")),
    apLarge: precisionOf(curves("large")),
    ar1: recallOf(curves("first")),
    ar10: recallOf(curves("second")),
    ar100: recallOf(curves("all")),
    arSmall: recallOf(curves("small")),
    arMedium: recallOf(curves("medium")),
    arLarge: recallOf(curves("large")),
    perClass: classes.map(({ all }, label) => {
      const own = all === undefined ? [] : [all];
      return { label, ap: precisionOf(own), ap50: at(own, 0.5), ap75: at(own, 0.75), ar: recallOf(own) };
    }),
  };
}

/** The mean over classes, recalls and thresholds, or at one of these. */
function precisionOf(curves: readonly ClassCurve[], level?: number): number {
  return mean(
    curves.flatMap(({ precision }) => {
      const rows = level === undefined ? precision : precision.slice(level, level + 1);
      return level === -1 ? [] : rows.map((row) => mean(Array.from(row)));
    }),
  );
}

function recallOf(curves: readonly ClassCurve[]): number {
  return mean(curves.flatMap(({ recall }) => recall));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
