import { type Layer, type LayerOptions } from "./layer.js";
export declare function identity(options?: LayerOptions): Layer;
export interface PermuteOptions extends LayerOptions {
  readonly dims: readonly number[];
}
export declare function permute(options: PermuteOptions): Layer;
export interface RepeatVectorOptions extends LayerOptions {
  readonly n: number;
}
export declare function repeatVector(options: RepeatVectorOptions): Layer;
