import { type Extents, type Extents1d, type Extents2d, type Extents3d, type KernelMoveOptions } from "./conv.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type Layer } from "./layer.js";
export interface ConvTransposeOptions<Each extends Extents> extends KernelOptions, KernelMoveOptions<Each> {
  readonly filters: number;
  readonly outputPadding?: Each | null | undefined;
}
export type Conv1dTransposeOptions = ConvTransposeOptions<Extents1d>;
export type Conv2dTransposeOptions = ConvTransposeOptions<Extents2d>;
export type Conv3dTransposeOptions = ConvTransposeOptions<Extents3d>;
export declare function conv1dTranspose(options: Conv1dTransposeOptions): Layer;
export declare function conv2dTranspose(options: Conv2dTransposeOptions): Layer;
export declare function conv3dTranspose(options: Conv3dTransposeOptions): Layer;
