import { type Shape } from "../base/shape.js";
import * as ops from "../ops/index.js";
import { Tensor, type TensorLike } from "./tensor.js";
export type Padding = "valid" | "same" | readonly [low: readonly number[], high: readonly number[]];
export interface ConvolutionOptions {
  readonly strides?: readonly number[];
  readonly padding?: Padding;
  readonly dilation?: readonly number[];
  readonly groups?: number;
}
export interface PoolOptions {
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: Padding;
}
export declare function where(condition: Tensor, x: TensorLike, y: TensorLike): Tensor;
export declare function concat(tensors: readonly Tensor[], axis?: number): Tensor;
export declare function stack(tensors: readonly Tensor[], axis?: number): Tensor;
export declare function oneHot(index: Tensor, depth: number): Tensor;
export declare function stopGradient(x: Tensor): Tensor;
export declare function dot(left: Tensor, right: Tensor, axes: ops.DotAxes): Tensor;
export declare function conv(x: Tensor, kernel: Tensor, options?: ConvolutionOptions): Tensor;
export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, "groups"> {
  readonly spatial: readonly number[];
}
export declare function convTranspose(x: Tensor, kernel: Tensor, options: TransposedConvolutionOptions): Tensor;
export declare function maxPool(x: Tensor, options: PoolOptions): Tensor;
export declare function averagePool(x: Tensor, options: PoolOptions): Tensor;
export declare function paddingOf(padding: Padding, spatial: Shape, reach: Shape, strides: Shape): [number[], number[]];
