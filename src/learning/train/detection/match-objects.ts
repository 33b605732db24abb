// Which found objects are true ones: COCO's greedy assignment in one picture, of one class. On the host.

import type { Overlaps } from "./overlaps.ts";

/** The objects of one class in one picture. Found ones come by falling score, at most as many as are counted. */
export interface ClassPair {
  readonly scores: readonly number[];
  readonly foundAreas: readonly number[];
  readonly truthAreas: readonly number[];
  readonly crowd: readonly boolean[];
  /** Of found with true ones. */
  readonly overlaps: Overlaps;
}

/** What the found objects of a picture are, for each threshold: [numThresholds · numFound]. */
export interface Judgement {
  readonly scores: readonly number[];
  readonly isRight: Uint8Array;
  /** Whether it counts neither for nor against. */
  readonly isIgnored: Uint8Array;
  /** True objects that count. */
  readonly numTruth: number;
}

/** Areas in pixels, both bounds included. */
export type AreaRange = readonly [low: number, high: number];

/**
 * Each found one, by falling score, takes the true one it overlaps most, at least by the threshold, that no better one took; a
 * crowd may be taken often. True ones that do not count (crowds, areas outside) come after those that do.
 * @source pycocotools 2.0, COCOeval.evaluateImg
 */
export function judge(pair: ClassPair, thresholds: readonly number[], [low, high]: AreaRange): Judgement {
  const { scores, foundAreas, truthAreas, crowd, overlaps } = pair;
  const isOutside = (area: number): boolean => area < low || area > high;
  const ignored = truthAreas.map((area, index) => crowd[index] === true || isOutside(area));
  const order = Array.from(ignored.keys()).sort((a, b) => Number(ignored[a]) - Number(ignored[b]) || a - b);
  const isRight = new Uint8Array(thresholds.length * scores.length);
  const isIgnored = new Uint8Array(thresholds.length * scores.length);
  for (const [level, threshold] of thresholds.entries()) {
    const isTaken = new Uint8Array(truthAreas.length);
    for (let found = 0; found < scores.length; found += 1) {
      const place = level * scores.length + found;
      const row = overlaps.subarray(found * truthAreas.length, (found + 1) * truthAreas.length);
      const match = bestOf(row, { order, ignored, crowd, isTaken, threshold });
      if (match === undefined) {
        isIgnored[place] = Number(isOutside(foundAreas[found] ?? 0));
        continue;
      }
      isTaken[match] = 1;
      isRight[place] = 1;
      isIgnored[place] = Number(ignored[match]);
    }
  }
  return { scores, isRight, isIgnored, numTruth: ignored.filter((isLeftOut) => !isLeftOut).length };
}

interface Candidates {
  /** Those that count first. */
  readonly order: readonly number[];
  readonly ignored: readonly boolean[];
  readonly crowd: readonly boolean[];
  readonly isTaken: Uint8Array;
  readonly threshold: number;
}

function bestOf(row: Float64Array, { order, ignored, crowd, isTaken, threshold }: Candidates): number | undefined {
  let best: number | undefined;
  let least = Math.min(threshold, 1 - 1e-10);
  for (const index of order) {
    if (isTaken[index] === 1 && crowd[index] !== true) continue;
    if (best !== undefined && ignored[best] === false && ignored[index] === true) break;
    const overlap = row[index] ?? 0;
    if (overlap < least) continue;
    least = overlap;
    best = index;
  }
  return best;
}
