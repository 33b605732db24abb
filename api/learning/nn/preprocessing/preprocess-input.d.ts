import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type LayerOptions } from "../layer.js";
export declare const preprocessingModes: readonly ["tf", "torch", "caffe", "none"];
export type PreprocessingMode = (typeof preprocessingModes)[number];
export interface PreprocessInputOptions extends LayerOptions {
  readonly mode: PreprocessingMode;
}
export declare function preprocessInput(
  pixels: Tensor,
  {
    mode,
  }: {
    readonly mode: PreprocessingMode;
  },
): Tensor;
export declare function preprocessInputLayer(options: PreprocessInputOptions): Layer;
