import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
export interface LayerScaleOptions extends LayerOptions {
  readonly initValues?: number;
}
export declare function layerScale(options?: LayerScaleOptions): Layer;
export interface ClassTokenOptions extends LayerOptions {
  readonly initializer?: InitializerName | Initializer;
}
export declare function classToken(options?: ClassTokenOptions): Layer;
