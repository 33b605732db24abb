// Which default box is to find which object. Tensor operations; no gradient flows through them.

import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { boxIou } from "#learning/train/detection/boxes.ts";

/**
 * Each default box takes the object that it overlaps most, at least by the threshold; and each object has the default box
 * that overlaps it most, whatever that one would take. Of two objects with the same such box, the later has it.
 * @param boxes f32 [batch, maxBoxes, 4], two corners
 * @param labels i32 [batch, maxBoxes], -1 where there is no object
 * @param anchors f32 [numAnchors, 4]
 * @returns i32 [batch, numAnchors]: the object's number, -1 for background
 * @source Liu et al. 2016, 2.2; torchvision's SSDMatcher
 */
export function matchAnchors(boxes: Tensor, labels: Tensor, anchors: Tensor, iouThreshold: number): Tensor {
  const [batch = 0, maxBoxes = 0] = labels.shape;
  const [numAnchors = 0] = anchors.shape;
  const isObject = labels.greaterEqual(0).expandDims(2); // [batch, maxBoxes, 1]
  const overlaps = where(isObject, boxIou(boxes, anchors), -1); // [batch, maxBoxes, numAnchors]
  const wanted = where(overlaps.max(1).greaterEqual(iouThreshold), overlaps.argMax(1), -1);
  const best = overlaps.argMax(2).expandDims(2); // [batch, maxBoxes, 1]
  const isBest = best.equal(arange(numAnchors)).and(isObject.broadcastTo([batch, maxBoxes, numAnchors]));
  const owner = where(isBest, arange(maxBoxes).reshape([1, maxBoxes, 1]), -1).max(1); // [batch, numAnchors]
  return where(owner.greaterEqual(0), owner, wanted);
}
