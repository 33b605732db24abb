import { type Padding } from "./conv.js";
import { type Layer, type LayerOptions } from "./layer.js";
export interface Pooling2dOptions extends LayerOptions {
  readonly poolSize?: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number] | null;
  readonly padding?: Padding;
}
export declare function maxPooling2d(options?: Pooling2dOptions): Layer;
export declare function averagePooling2d(options?: Pooling2dOptions): Layer;
export interface GlobalPooling2dOptions extends LayerOptions {
  readonly keepdims?: boolean;
}
export declare function globalMaxPooling2d(options?: GlobalPooling2dOptions): Layer;
export declare function globalAveragePooling2d(options?: GlobalPooling2dOptions): Layer;
