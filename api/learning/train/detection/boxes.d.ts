import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type BoxForm, type PictureSize } from "../../data/detection/picture-objects.js";
export interface ConvertBoxesOptions {
  readonly from: BoxForm;
  readonly to: BoxForm;
  readonly size?: PictureSize;
  readonly relative?: "from" | "to";
}
export declare function convertBoxes(boxes: Tensor, { from, to, size, relative }: ConvertBoxesOptions): Tensor;
type Parts = readonly [Tensor, Tensor, Tensor, Tensor];
export declare function partsOf(boxes: Tensor): Parts;
export declare function joinParts(parts: Parts): Tensor;
export type OverlapKind = "iou" | "giou";
export declare function boxIou(
  left: Tensor,
  right: Tensor,
  {
    kind,
  }?: {
    readonly kind?: OverlapKind;
  },
): Tensor;
export declare function pairedIou(
  left: Tensor,
  right: Tensor,
  {
    kind,
  }?: {
    readonly kind?: OverlapKind;
  },
): Tensor;
export {};
