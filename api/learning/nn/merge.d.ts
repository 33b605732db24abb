import { type Layer, type LayerOptions } from "./layer.js";
export declare function add(options?: LayerOptions): Layer;
export declare function subtract(options?: LayerOptions): Layer;
export declare function multiply(options?: LayerOptions): Layer;
export declare function average(options?: LayerOptions): Layer;
export declare function maximum(options?: LayerOptions): Layer;
export declare function minimum(options?: LayerOptions): Layer;
export interface ConcatenateOptions extends LayerOptions {
  readonly axis?: number;
}
export declare function concatenate(options?: ConcatenateOptions): Layer;
export interface DotOptions extends LayerOptions {
  readonly axes: number | readonly [first: number, second: number];
  readonly normalize?: boolean;
}
export declare function dot(options: DotOptions): Layer;
