import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type SpatialOptions } from "../layer.js";
import { type Bounds, type PictureChange, type PictureFactor, type RandomPictureOptions } from "./picture-layer.js";
import type { RandomColourOptions } from "./random-light.js";
export declare function randomPosterization(options: RandomColourOptions): Layer;
export declare function posterizationChange([low, high]: Bounds, valueRange: Bounds): PictureChange<Tensor>;
export interface SolarizationOptions extends RandomPictureOptions {
  readonly additionFactor?: PictureFactor | undefined;
  readonly thresholdFactor?: PictureFactor | undefined;
  readonly valueRange?: Bounds | undefined;
}
export declare function solarization(options?: SolarizationOptions): Layer;
export interface SolarizationDraws {
  readonly additions: Tensor;
  readonly thresholds: Tensor;
}
export declare function solarizationChange(
  additions: Bounds,
  thresholds: Bounds,
  valueRange: Bounds,
): PictureChange<SolarizationDraws>;
export interface AutoContrastOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
}
export declare function autoContrast(options?: AutoContrastOptions): Layer;
export declare function stretchWithin(images: Tensor, valueRange: Bounds): Tensor;
export interface EqualizationOptions extends SpatialOptions {
  readonly valueRange?: Bounds | undefined;
  readonly bins?: number | undefined;
}
export declare function equalization(options?: EqualizationOptions): Layer;
export declare function equalizeWithin(images: Tensor, valueRange: Bounds, bins: number): Tensor;
