import { type Layer, type LayerOptions } from "./layer.js";
export interface SpectralNormalizationOptions extends LayerOptions {
  readonly layer: Layer;
  readonly powerIterations?: number;
}
export declare function spectralNormalization(options: SpectralNormalizationOptions): Layer;
