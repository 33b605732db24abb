import type { Shape } from "../../engine/base/shape.js";
import { type SpatialOptions, type Layer, type LayerOptions } from "./layer.js";
export interface NoiseOptions extends LayerOptions {
  readonly seed?: number | undefined;
}
export interface DropoutOptions extends NoiseOptions {
  readonly rate: number;
  readonly noiseShape?: Shape | undefined;
}
export declare function dropout(options: DropoutOptions): Layer;
export interface SpatialDropoutOptions extends NoiseOptions, SpatialOptions {
  readonly rate: number;
}
export declare function spatialDropout1d(options: SpatialDropoutOptions): Layer;
export declare function spatialDropout2d(options: SpatialDropoutOptions): Layer;
export declare function spatialDropout3d(options: SpatialDropoutOptions): Layer;
export interface GaussianNoiseOptions extends NoiseOptions {
  readonly stddev: number;
}
export declare function gaussianNoise(options: GaussianNoiseOptions): Layer;
export interface GaussianDropoutOptions extends NoiseOptions {
  readonly rate: number;
}
export declare function gaussianDropout(options: GaussianDropoutOptions): Layer;
export interface AlphaDropoutOptions extends NoiseOptions {
  readonly rate: number;
  readonly noiseShape?: Shape | undefined;
}
export declare function alphaDropout(options: AlphaDropoutOptions): Layer;
