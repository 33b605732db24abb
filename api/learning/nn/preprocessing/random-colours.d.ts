import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { Layer } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
import { type RandomColourOptions } from "./random-light.js";
export declare function randomSaturation(options: RandomColourOptions): Layer;
export declare function saturationChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export declare function randomHue(options: RandomColourOptions): Layer;
export declare function hueChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export declare function randomColorDegeneration(options: RandomColourOptions): Layer;
export declare function degenerationChange(bounds: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export interface RandomGrayscaleOptions extends RandomPictureOptions {
  readonly factor?: number | undefined;
}
export declare function randomGrayscale(options?: RandomGrayscaleOptions): Layer;
export declare function grayscaleChange(factor: number): PictureChange<Tensor>;
export interface RandomInvertOptions extends RandomPictureOptions {
  readonly factor?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}
export declare function randomInvert(options?: RandomInvertOptions): Layer;
export declare function invertChange(bounds: Bounds, [, high]: Bounds): PictureChange<Tensor>;
export interface RandomColorJitterOptions extends RandomPictureOptions {
  readonly valueRange?: Bounds | undefined;
  readonly brightnessFactor?: PictureFactor | undefined;
  readonly contrastFactor?: PictureFactor | undefined;
  readonly saturationFactor?: PictureFactor | undefined;
  readonly hueFactor?: PictureFactor | undefined;
}
export declare function randomColorJitter(options?: RandomColorJitterOptions): Layer;
