// What an SSD learns by: the corrections of matched default boxes, and classes of these and of the hardest others.

import { oneHot, stopGradient, where } from "#engine/tensor/math.ts";
import { scan } from "#engine/tensor/scan.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { encodeBoxes } from "./box-coder.ts";
import { matchAnchors } from "./match-anchors.ts";

export interface SsdLossOptions {
  /** From which overlap on a default box is to find an object; 0.5. */
  readonly iouThreshold?: number;
  /** Background boxes that are learnt, the hardest ones, for each that finds an object; 3. */
  readonly negativeRatio?: number;
}

/** What an SSD gives, and what is there. */
export interface SsdBatch {
  /** f32 [batch, numAnchors, 4] */
  readonly corrections: Tensor;
  /** f32 [batch, numAnchors, 1 + classes], the background first */
  readonly logits: Tensor;
  /** f32 [batch, maxBoxes, 4], two corners */
  readonly boxes: Tensor;
  /** i32 [batch, maxBoxes], from 0, -1 where there is no object */
  readonly labels: Tensor;
  /** f32 [numAnchors, 4] */
  readonly anchors: Tensor;
}

export interface SsdLosses {
  /** Scalars: of the corrections, and of the classes. */
  readonly box: Tensor;
  readonly classification: Tensor;
}

/**
 * Smooth L1 of the corrections and cross-entropy of the classes, each over the number of matched boxes in the batch.
 * @source Liu et al. 2016, equations 1 to 3; torchvision's SSD.compute_loss
 */
export function ssdLoss(batch: SsdBatch, options: SsdLossOptions = {}): SsdLosses {
  const { corrections, logits, boxes, labels, anchors } = batch;
  const { iouThreshold = 0.5, negativeRatio = 3 } = options;
  const matches = matchAnchors(boxes, labels, anchors, iouThreshold); // [batch, numAnchors]
  const isFound = matches.greaterEqual(0);
  const found = isFound.cast("f32");
  const numFound = found.sum().maximum(1);
  const chosen = oneHot(matches, labels.shape[1] ?? 0); // [batch, numAnchors, maxBoxes], all 0 for background
  const own = where(isFound.expandDims(2), chosen.matMul(boxes), anchors);
  const box = smoothL1(corrections.sub(encodeBoxes(own, anchors)))
    .sum(-1)
    .mul(found)
    .sum()
    .div(numFound);
  const classes = chosen.matMul(labels.add(1).cast("f32").expandDims(2)).squeeze(2); // 0 is the background
  const target = oneHot(classes.round(), logits.shape.at(-1) ?? 1);
  const crossentropy = logits.logSoftmax(-1).mul(target).sum(-1).neg(); // [batch, numAnchors]
  const others = stopGradient(where(isFound, -1, crossentropy));
  const learnt = found.maximum(highest(others, found.sum(1).mul(negativeRatio)));
  return { box, classification: crossentropy.mul(learnt).sum().div(numFound) };
}

/** x² / 2 up to 1, then |x| - 1/2. */
function smoothL1(difference: Tensor): Tensor {
  const size = difference.abs();
  return where(size.less(1), difference.square().mul(0.5), size.sub(0.5));
}

/** Halvings of the range that the threshold lies in: to the precision of float32. */
const numHalvings = 26;

/**
 * 1 for the `count` highest values of each row that are not below 0, else 0; equal ones at the end all count.
 * @param values f32 [batch, n]
 * @param count f32 [batch]
 */
function highest(values: Tensor, count: Tensor): Tensor {
  const wanted = count.expandDims(1);
  const top = values.max(1, { keepDims: true });
  // More than `wanted` lie from low on, at most as many from high on: a search, for want of sorting.
  const { carry } = scan(
    ({ low, high }) => {
      const middle = low.add(high).mul(0.5);
      const isTooMany = values.greaterEqual(middle).cast("f32").sum(1, { keepDims: true }).greater(wanted);
      return { carry: { low: where(isTooMany, middle, low), high: where(isTooMany, high, middle) }, output: {} };
    },
    { low: top.mul(0), high: top.add(1e-6) },
    {},
    { length: numHalvings },
  );
  const numAll = values.greaterEqual(0).cast("f32").sum(1, { keepDims: true });
  const threshold = where(numAll.lessEqual(wanted), 0, carry.high);
  return stopGradient(values.greaterEqual(threshold).cast("f32"));
}
