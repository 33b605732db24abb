// Precision at fixed recalls, from the judgements of all pictures for one class. On the host.

import type { Judgement } from "./match-objects.ts";

/** Of one class, for each threshold. */
export interface ClassCurve {
  /** At each of 101 recalls, [numThresholds][101]. */
  readonly precision: readonly Float64Array[];
  /** The highest recall. */
  readonly recall: readonly number[];
}

/** Recalls that precision is read at. @source pycocotools 2.0, Params: numpy.linspace(0, 1, 101) */
const recalls = Array.from({ length: 101 }, (_, step) => (step === 100 ? 1 : step * 0.01));

/**
 * The curve of one class; undefined where no true object counts.
 * @param maxDetections of a picture that count
 * @source pycocotools 2.0, COCOeval.accumulate
 */
export function classCurve(
  judgements: readonly Judgement[],
  numThresholds: number,
  maxDetections: number,
): ClassCurve | undefined {
  const numTruth = judgements.reduce((sum, one) => sum + one.numTruth, 0);
  if (numTruth === 0) return undefined;
  const found = judgements.flatMap((judgement) =>
    judgement.scores.slice(0, maxDetections).map((score, place) => ({ judgement, place, score })),
  );
  const sorted = found.sort((a, b) => b.score - a.score);
  const precision: Float64Array[] = [];
  const recall: number[] = [];
  for (let level = 0; level < numThresholds; level += 1) {
    const counted = sorted.flatMap(({ judgement: { scores, isIgnored, isRight }, place }) => {
      const at = level * scores.length + place;
      return isIgnored[at] === 1 ? [] : [isRight[at] === 1];
    });
    const curve = curveOf(counted, numTruth);
    precision.push(curve.precision);
    recall.push(curve.recall);
  }
  return { precision, recall };
}

/** @param isRight of what was found, by falling score */
function curveOf(
  isRight: readonly boolean[],
  numTruth: number,
): { readonly precision: Float64Array; readonly recall: number } {
  const precisions = new Float64Array(isRight.length);
  const reached = new Float64Array(isRight.length);
  let numRight = 0;
  for (const [index, right] of isRight.entries()) {
    if (right) numRight += 1;
    precisions[index] = numRight / (index + 1 + Number.EPSILON);
    reached[index] = numRight / numTruth;
  }
  // From the right, so that precision never grows with recall.
  for (let index = precisions.length - 1; index > 0; index -= 1) {
    precisions[index - 1] = Math.max(precisions[index - 1] ?? 0, precisions[index] ?? 0);
  }
  const precision = new Float64Array(recalls.length);
  let place = 0;
  for (const [step, recall] of recalls.entries()) {
    while (place < reached.length && (reached[place] ?? 0) < recall) place += 1;
    precision[step] = place < precisions.length ? (precisions[place] ?? 0) : 0;
  }
  return { precision, recall: reached.at(-1) ?? 0 };
}
