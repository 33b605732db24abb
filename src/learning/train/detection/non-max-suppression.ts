// Of boxes that overlap the one with the highest score. On the host: a chain of decisions that depend on each other.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";

export interface SuppressionOptions {
  /** The class of each box: only boxes of one class suppress each other. All are of one when left out. */
  readonly labels?: ArrayLike<number>;
  /** Boxes that overlap a better one by more are dropped; 0.5. */
  readonly iouThreshold?: number;
  /** Only boxes with a higher score are looked at; all when left out. */
  readonly scoreThreshold?: number;
  /** Boxes of each class that are looked at, the best ones; all when left out. */
  readonly topK?: number;
  /** Boxes kept at most, of all classes together; all when left out. */
  readonly maxDetections?: number;
}

export interface KeptBoxes {
  /** i32 [maxDetections]: the places of the boxes that are kept, by falling score, then by place; -1 behind them. */
  readonly indices: Int32Array;
  readonly count: number;
}

/**
 * Greedy non-maximum suppression, in float32.
 * @param boxes [n · 4] or as n rows: two corners
 * @param scores [n]
 * @throws shape unless there are four numbers a score; option
 * @source torchvision.ops.nms and batched_nms
 * @example
 * const { indices, count } = nonMaxSuppression(boxes, scores, { labels, iouThreshold: 0.45, maxDetections: 200 });
 */
export function nonMaxSuppression(
  boxes: ArrayLike<number> | readonly (readonly number[])[],
  scores: ArrayLike<number>,
  options: SuppressionOptions = {},
): KeptBoxes {
  const where = "nonMaxSuppression";
  checkOptions(where, options, ["labels", "iouThreshold", "scoreThreshold", "topK", "maxDetections"]);
  const { labels, iouThreshold = 0.5, scoreThreshold = Number.NEGATIVE_INFINITY } = options;
  numberWithin(where, "iouThreshold", iouThreshold, 0, 1);
  const most = integer(where, "maxDetections", options.maxDetections ?? scores.length, 0);
  const topK = integer(where, "topK", options.topK ?? Math.max(1, scores.length));
  const corners = flat(boxes);
  checkLengths(corners.length, scores.length, labels?.length ?? scores.length);
  const kept: number[] = [];
  for (const candidates of candidatesByClass(scores, labels, scoreThreshold)) {
    const best = candidates.length > topK ? candidates.slice(0, topK) : candidates;
    for (const index of suppress(corners, best, iouThreshold)) kept.push(index);
  }
  const chosen = kept.toSorted(byScore(scores)).slice(0, most);
  const indices = new Int32Array(most).fill(-1);
  indices.set(chosen);
  return { indices, count: chosen.length };
}

function flat(boxes: ArrayLike<number> | readonly (readonly number[])[]): Float32Array {
  if (boxes instanceof Float32Array) return boxes;
  return Float32Array.from(Array.from<number | readonly number[]>(boxes).flat());
}

function checkLengths(numNumbers: number, numScores: number, numLabels: number): void {
  if (numNumbers === 4 * numScores && numLabels === numScores) return;
  throw new SinterError(
    "shape",
    `nonMaxSuppression: ${numNumbers} numbers of boxes, ${numScores} scores, ${numLabels} labels. Give four numbers, one ` +
      "score and one label a box.",
    { numNumbers, numScores, numLabels },
  );
}

function byScore(scores: ArrayLike<number>): (left: number, right: number) => number {
  return (left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right;
}

/** The boxes above the threshold, those of a class together, by falling score. A score that is no number is none. */
function candidatesByClass(
  scores: ArrayLike<number>,
  labels: ArrayLike<number> | undefined,
  scoreThreshold: number,
): Iterable<number[]> {
  const groups = new Map<number, number[]>();
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] ?? Number.NaN;
    if (!(score > scoreThreshold)) continue;
    const label = labels?.[index] ?? 0;
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [index]);
    else group.push(index);
  }
  return Array.from(groups.values(), (group) => group.sort(byScore(scores)));
}

/** Of a picture's width and height: kept boxes are looked for in the cells that a box lies in, not everywhere. */
const numCells = 16;

/** The boxes of one class that are kept; every operation is rounded to float32, as torchvision's. */
function suppress(corners: Float32Array, order: readonly number[], threshold: number): number[] {
  const cellsOf = grid(corners, order);
  const cells = Array.from({ length: numCells ** 2 }, (): number[] => []);
  return order.filter((index) => {
    const own = cellsOf(index);
    const isKept = own.every((cell) => !cells[cell]?.some((better) => overlap(corners, better, index) > threshold));
    if (isKept) for (const cell of own) cells[cell]?.push(index);
    return isKept;
  });
}

/** What gives the numbers of the cells that a box reaches into. */
function grid(corners: Float32Array, order: readonly number[]): (index: number) => number[] {
  const bounds = [0, 1].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const index of order) {
      low = Math.min(low, corners[4 * index + axis] ?? 0);
      high = Math.max(high, corners[4 * index + 2 + axis] ?? 0);
    }
    const perCell = (high - low) / numCells || 1;
    return (at: number): number => Math.max(0, Math.min(numCells - 1, Math.floor((at - low) / perCell))) || 0;
  });
  const [column = Math.floor, row = Math.floor] = bounds;
  return (index) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners.subarray(4 * index, 4 * index + 4);
    const cells: number[] = [];
    const [left, right, last] = [column(x1), column(x2), row(y2)];
    for (let y = row(y1); y <= last; y += 1) for (let x = left; x <= right; x += 1) cells.push(y * numCells + x);
    return cells;
  };
}

function overlap(corners: Float32Array, left: number, right: number): number {
  const [a, b] = [4 * left, 4 * right];
  const { fround, max, min } = Math;
  const at = (place: number): number => corners[place] ?? 0;
  const width = fround(min(at(a + 2), at(b + 2)) - max(at(a), at(b)));
  if (width <= 0) return 0;
  const height = fround(min(at(a + 3), at(b + 3)) - max(at(a + 1), at(b + 1)));
  if (height <= 0) return 0;
  const area = (box: number): number => fround(fround(at(box + 2) - at(box)) * fround(at(box + 3) - at(box + 1)));
  const shared = fround(width * height);
  return fround(shared / fround(fround(area(a) + area(b)) - shared));
}
