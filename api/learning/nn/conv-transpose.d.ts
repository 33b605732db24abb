import { type KernelMoveOptions } from "./conv.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type Layer } from "./layer.js";
export interface Conv2dTransposeOptions extends KernelOptions, KernelMoveOptions {
  readonly filters: number;
  readonly outputPadding?: number | readonly [height: number, width: number] | null | undefined;
}
export declare function conv2dTranspose(options: Conv2dTransposeOptions): Layer;
