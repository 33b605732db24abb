import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
export interface PositionEmbeddingOptions extends LayerOptions {
  readonly sequenceLength: number;
  readonly initializer?: InitializerName | Initializer;
}
export declare function positionEmbedding(options: PositionEmbeddingOptions): Layer;
export interface SinePositionEncodingOptions extends LayerOptions {
  readonly maxWavelength?: number;
}
export declare function sinePositionEncoding(options?: SinePositionEncodingOptions): Layer;
export interface RotaryEmbeddingOptions extends LayerOptions {
  readonly maxWavelength?: number;
  readonly scalingFactor?: number;
  readonly sequenceAxis?: number;
  readonly featureAxis?: number;
}
export declare function rotaryEmbedding(options?: RotaryEmbeddingOptions): Layer;
