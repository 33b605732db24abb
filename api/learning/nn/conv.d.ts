import type { Shape } from "../../engine/base/shape.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type Layer } from "./layer.js";
export type Padding = "valid" | "same";
export interface Conv2dOptions extends KernelOptions, KernelMoveOptions {
  readonly filters: number;
  readonly groups?: number;
}
export declare function conv2d(options: Conv2dOptions): Layer;
export interface KernelMoveOptions {
  readonly kernelSize: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly [height: number, width: number];
}
export declare const kernelMoveOptions: readonly string[];
export type KernelMoves = {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
};
export declare function checkKernelMoves(where: string, options: KernelMoveOptions): KernelMoves;
export declare function checkStridesOrDilation(where: string, { strides, dilationRate }: KernelMoves): void;
export declare function reachOf({ kernelSize, dilationRate }: KernelMoves): [number, number];
export declare function convolvedExtents(shape: Shape, moves: KernelMoves, label: string): number[];
export interface WindowOptions {
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: Padding;
  readonly what: string;
}
export declare function windowOutput(shape: Shape, options: WindowOptions, label: string): number[];
