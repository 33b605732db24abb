import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
export interface RandomColourOptions extends RandomPictureOptions {
  readonly factor: PictureFactor;
  readonly valueRange?: Bounds | undefined;
}
interface ColourParts {
  readonly kind: string;
  readonly className: string;
  readonly least: -1 | 0;
  readonly numChannels?: number;
  readonly changeOf: (bounds: Bounds, valueRange: Bounds) => PictureChange<Tensor>;
}
export declare function colourLayer({ least, changeOf, ...parts }: ColourParts, options: RandomColourOptions): Layer;
export declare function randomBrightness(options: RandomColourOptions): Layer;
export declare function brightnessChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export declare function randomContrast(options: RandomColourOptions): Layer;
export declare function contrastChange([low, high]: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export declare function randomSharpness(options: RandomColourOptions): Layer;
export declare function sharpnessChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export interface RandomGaussianBlurOptions extends RandomPictureOptions {
  readonly factor?: PictureFactor | undefined;
  readonly kernelSize?: number | readonly [across: number, down: number] | undefined;
  readonly sigma?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}
export declare function randomGaussianBlur(options?: RandomGaussianBlurOptions): Layer;
export interface BlurRule {
  readonly factor: Bounds;
  readonly sigma: Bounds;
  readonly kernelSize: readonly [across: number, down: number];
  readonly valueRange: Bounds;
}
export interface BlurDraws {
  readonly isChanged: Tensor;
  readonly across: Tensor;
  readonly down: Tensor;
}
export declare function blurChange({ factor, sigma, kernelSize, valueRange }: BlurRule): PictureChange<BlurDraws>;
export {};
