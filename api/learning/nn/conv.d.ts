import type { Shape } from "../../engine/base/shape.js";
import { type Padding as EnginePadding } from "../../engine/tensor/math.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type SpatialOptions, type Layer } from "./layer.js";
export type Padding = "valid" | "same";
export type SeriesPadding = Padding | "causal";
export type Extents = number | readonly number[];
export type Extents1d = number | readonly [steps: number];
export type Extents2d = number | readonly [height: number, width: number];
export type Extents3d = number | readonly [depth: number, height: number, width: number];
export interface ConvOptions<Each extends Extents, Pad extends SeriesPadding>
  extends KernelOptions, KernelMoveOptions<Each, Pad> {
  readonly filters: number;
  readonly groups?: number;
}
export type Conv1dOptions = ConvOptions<Extents1d, SeriesPadding>;
export type Conv2dOptions = ConvOptions<Extents2d, Padding>;
export type Conv3dOptions = ConvOptions<Extents3d, Padding>;
export declare function conv1d(options: Conv1dOptions): Layer;
export declare function conv2d(options: Conv2dOptions): Layer;
export declare function conv3d(options: Conv3dOptions): Layer;
export declare function channelsOf(shape: Shape): number;
export interface KernelMoveOptions<
  Each extends Extents = Extents,
  Pad extends SeriesPadding = Padding,
> extends SpatialOptions {
  readonly kernelSize: Each;
  readonly strides?: Each;
  readonly padding?: Pad;
  readonly dilationRate?: Each;
}
export declare const kernelMoveOptions: readonly string[];
export type KernelMoves = {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: SeriesPadding;
  readonly dilationRate: readonly number[];
};
export declare function checkKernelMoves(
  where: string,
  numAxes: number,
  options: KernelMoveOptions<Extents, SeriesPadding>,
  paddings?: readonly SeriesPadding[],
): KernelMoves;
export declare function checkStridesOrDilation(where: string, { strides, dilationRate }: KernelMoves): void;
export declare function reachOf({ kernelSize, dilationRate }: KernelMoves): number[];
export declare function convolvedExtents(shape: Shape, moves: KernelMoves, label: string): number[];
export declare function engineMoves(moves: KernelMoves): {
  strides: readonly number[];
  padding: EnginePadding;
  dilation: readonly number[];
};
export interface WindowOptions {
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: SeriesPadding;
  readonly what: string;
}
export declare function windowOutput(shape: Shape, options: WindowOptions, label: string): number[];
