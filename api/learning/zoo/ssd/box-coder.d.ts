import type { Tensor } from "../../../engine/tensor/tensor.js";
export declare function encodeBoxes(boxes: Tensor, anchors: Tensor): Tensor;
export declare function decodeBoxes(corrections: Tensor, anchors: Tensor): Tensor;
