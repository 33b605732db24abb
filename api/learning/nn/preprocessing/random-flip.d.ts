import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type PictureChange, type RandomPictureOptions } from "./picture-layer.js";
export type FlipMode = "horizontal" | "vertical" | "horizontalAndVertical";
export interface RandomFlipOptions extends RandomPictureOptions {
  readonly mode?: FlipMode | undefined;
}
export declare function randomFlip(options?: RandomFlipOptions): Layer;
export declare function flipChange(mode: FlipMode): PictureChange<Tensor>;
