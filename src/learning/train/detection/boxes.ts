// Boxes as tensors: forms, and how much two overlap. All are tensor operations, with gradients, of any leading axes.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { stack } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { boxForms, type BoxForm, type PictureSize } from "#learning/data/detection/picture-objects.ts";

export interface ConvertBoxesOptions {
  readonly from: BoxForm;
  readonly to: BoxForm;
  /** Of the picture, where one of both is relative. */
  readonly size?: PictureSize;
  /** What is a share of the picture's extents, 0 to 1, instead of pixels; neither when left out. */
  readonly relative?: "from" | "to";
}

/**
 * Boxes in another form.
 * @param boxes f32 [..., 4]
 * @returns f32 [..., 4]
 * @throws shape unless the last axis is 4; option for an unknown form, or relative boxes without a size
 * @example
 * const corners = convertBoxes(tensor([[0.5, 0.5, 0.2, 0.1]]), { from: "cxcywh", to: "xyxy", relative: "from", size: [480, 640] });
 */
export function convertBoxes(boxes: Tensor, { from, to, size, relative }: ConvertBoxesOptions): Tensor {
  choice("convertBoxes", "from", from, boxForms);
  choice("convertBoxes", "to", to, boxForms);
  checkBoxes("convertBoxes", boxes);
  const turned = from === to ? boxes : ofCorners(corners(boxes, from), to);
  if (relative === undefined) return turned;
  choice("convertBoxes", "relative", relative, ["from", "to"]);
  if (size === undefined) {
    throw new SinterError("option", "convertBoxes: relative boxes need the picture's size: [height, width] in pixels.");
  }
  const [height, width] = size;
  const scale = [width, height, width, height].map((extent) => (relative === "from" ? extent : 1 / extent));
  return turned.mul(tensor(Float32Array.from(scale)));
}

/** x1, y1, x2, y2 or whatever the form has, each [...]. */
type Parts = readonly [Tensor, Tensor, Tensor, Tensor];

/** The four columns. @throws shape */
export function partsOf(boxes: Tensor): Parts {
  const before = boxes.shape.slice(0, -1);
  const column = (place: number): Tensor =>
    boxes.slice([...before.map(() => 0), place], [...before, 1]).reshape(before);
  return [column(0), column(1), column(2), column(3)];
}

/** Columns as boxes [..., 4]. */
export function joinParts(parts: Parts): Tensor {
  return stack(parts, parts[0].rank);
}

function corners(boxes: Tensor, form: BoxForm): Parts {
  const [a, b, c, d] = partsOf(boxes);
  if (form === "xyxy") return [a, b, c, d];
  if (form === "xywh") return [a, b, a.add(c), b.add(d)];
  return [a.sub(c.mul(0.5)), b.sub(d.mul(0.5)), a.add(c.mul(0.5)), b.add(d.mul(0.5))];
}

function ofCorners([x1, y1, x2, y2]: Parts, form: BoxForm): Tensor {
  if (form === "xyxy") return joinParts([x1, y1, x2, y2]);
  const [width, height] = [x2.sub(x1), y2.sub(y1)];
  if (form === "xywh") return joinParts([x1, y1, width, height]);
  return joinParts([x1.add(x2).mul(0.5), y1.add(y2).mul(0.5), width, height]);
}

/** Which measure of overlap. */
export type OverlapKind = "iou" | "giou";

/**
 * Intersection over union of every box with every other.
 * @param left f32 [..., n, 4], two corners
 * @param right f32 [..., m, 4]
 * @param kind "giou" takes off the share of the hull that neither covers: -1 to 1, falling with distance where nothing overlaps
 * @returns f32 [..., n, m]; 0 for two empty boxes
 * @throws shape unless the last axes are 4
 * @source Rezatofighi et al., Generalized intersection over union, 2019; torchvision.ops.box_iou and generalized_box_iou
 */
export function boxIou(left: Tensor, right: Tensor, { kind = "iou" }: { readonly kind?: OverlapKind } = {}): Tensor {
  checkBoxes("boxIou", left);
  checkBoxes("boxIou", right);
  choice("boxIou", "kind", kind, ["iou", "giou"]);
  return pairedIou(left.expandDims(-2), right.expandDims(-3), { kind });
}

/**
 * Intersection over union of boxes at the same places.
 * @param left f32 [..., 4], two corners
 * @returns f32 [...], as of `boxIou`
 */
export function pairedIou(left: Tensor, right: Tensor, { kind = "iou" }: { readonly kind?: OverlapKind } = {}): Tensor {
  const { iou, gap } = overlapOf(left, right);
  return kind === "iou" ? iou : iou.sub(gap);
}

/** Keeps a division by nothing at 0. */
const least = 1e-9;

/** Of boxes at the same places, [..., 4] each: the overlap, and the share of the hull that neither covers. */
function overlapOf(left: Tensor, right: Tensor): { readonly iou: Tensor; readonly gap: Tensor } {
  const [ax1, ay1, ax2, ay2] = partsOf(left);
  const [bx1, by1, bx2, by2] = partsOf(right);
  const width = ax2.minimum(bx2).sub(ax1.maximum(bx1)).relu();
  const height = ay2.minimum(by2).sub(ay1.maximum(by1)).relu();
  const shared = width.mul(height);
  const areas = ax2
    .sub(ax1)
    .mul(ay2.sub(ay1))
    .add(bx2.sub(bx1).mul(by2.sub(by1)));
  const union = areas.sub(shared);
  const hull = ax2
    .maximum(bx2)
    .sub(ax1.minimum(bx1))
    .mul(ay2.maximum(by2).sub(ay1.minimum(by1)));
  return { iou: shared.div(union.maximum(least)), gap: hull.sub(union).div(hull.maximum(least)) };
}

function checkBoxes(where: string, { shape }: Tensor): void {
  if (shape.length > 0 && shape.at(-1) === 4) return;
  throw new SinterError("shape", `${where}: boxes ${shapeText(shape)}, expected [..., 4]. Give four numbers a box.`, {
    shape,
  });
}
