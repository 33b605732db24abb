import type { Shape } from "../../engine/base/shape.js";
import { type KernelOptions } from "./kernel-weights.js";
import { type Layer } from "./layer.js";
export type Padding = "valid" | "same";
export interface Conv2dOptions extends KernelOptions {
  readonly filters: number;
  readonly kernelSize: number | readonly [height: number, width: number];
  readonly strides?: number | readonly [height: number, width: number];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly [height: number, width: number];
  readonly groups?: number;
}
export declare function conv2d(options: Conv2dOptions): Layer;
export interface WindowOptions {
  readonly window: Shape;
  readonly strides: Shape;
  readonly padding: Padding;
  readonly what: string;
}
export declare function windowOutput(shape: Shape, options: WindowOptions, label: string): number[];
