// Boxes as corrections of default boxes, and back. Tensor operations with gradients.

import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { joinParts, partsOf } from "#learning/train/detection/boxes.ts";

/** What the corrections of centre and extents are multiplied by, so that all are learnt alike. */
const weights = { centre: 10, extent: 5 };
/** Extents grow by at most this factor, so that no correction overflows. */
const mostGrowth = Math.log(1000 / 16);

interface Centred {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly width: Tensor;
  readonly height: Tensor;
}

function centred(boxes: Tensor): Centred {
  const [x1, y1, x2, y2] = partsOf(boxes);
  const [width, height] = [x2.sub(x1), y2.sub(y1)];
  return { x: x1.add(width.mul(0.5)), y: y1.add(height.mul(0.5)), width, height };
}

/**
 * What would turn each default box into its box: (Δx / w, Δy / h) · 10, log of the factors of width and height · 5.
 * @param boxes f32 [..., n, 4], two corners, all with an extent
 * @param anchors f32 [n, 4]
 * @returns f32 [..., n, 4]
 * @source Liu et al. 2016, equation 2; torchvision's BoxCoder
 */
export function encodeBoxes(boxes: Tensor, anchors: Tensor): Tensor {
  const [box, anchor] = [centred(boxes), centred(anchors)];
  return joinParts([
    box.x.sub(anchor.x).div(anchor.width).mul(weights.centre),
    box.y.sub(anchor.y).div(anchor.height).mul(weights.centre),
    box.width.div(anchor.width).log().mul(weights.extent),
    box.height.div(anchor.height).log().mul(weights.extent),
  ]);
}

/**
 * Default boxes corrected: the inverse of `encodeBoxes`.
 * @param corrections f32 [..., n, 4]
 * @returns f32 [..., n, 4], two corners
 */
export function decodeBoxes(corrections: Tensor, anchors: Tensor): Tensor {
  const [dx, dy, dw, dh] = partsOf(corrections);
  const anchor = centred(anchors);
  const limit = tensor(Float32Array.of(mostGrowth), { shape: [] });
  const x = dx.div(weights.centre).mul(anchor.width).add(anchor.x);
  const y = dy.div(weights.centre).mul(anchor.height).add(anchor.y);
  const halfWidth = dw.div(weights.extent).minimum(limit).exp().mul(anchor.width).mul(0.5);
  const halfHeight = dh.div(weights.extent).minimum(limit).exp().mul(anchor.height).mul(0.5);
  return joinParts([x.sub(halfWidth), y.sub(halfHeight), x.add(halfWidth), y.add(halfHeight)]);
}
