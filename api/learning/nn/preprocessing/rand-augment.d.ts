import type { Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
export interface DrawnOperationOptions extends RandomPictureOptions {
  readonly valueRange?: Bounds | undefined;
  readonly factor?: PictureFactor | undefined;
  readonly interpolation?: "nearest" | "bilinear" | undefined;
}
export interface RandAugmentLayerOptions extends DrawnOperationOptions {
  readonly numOps?: number | undefined;
}
export declare function randAugment(options?: RandAugmentLayerOptions): Layer;
export interface AugMixOptions extends DrawnOperationOptions {
  readonly numChains?: number | undefined;
  readonly chainDepth?: number | undefined;
  readonly alpha?: number | undefined;
  readonly allOps?: boolean | undefined;
}
export declare function augMix(options?: AugMixOptions): Layer;
export interface MixDraws {
  readonly shares: readonly Tensor[];
  readonly own: Tensor;
  readonly valueRange: Bounds;
}
export declare function mixChains(
  images: Tensor,
  chains: readonly Tensor[],
  { shares, own, valueRange }: MixDraws,
): Tensor;
export declare function drawShares(key: Tensor, shape: Shape, count: number, alpha: number): Tensor[];
