import { type DType, type HostArray } from "../base/dtype.js";
import { type Shape } from "../base/shape.js";
import { Tensor } from "./tensor.js";
export type NestedArray = number | boolean | readonly NestedArray[];
export interface TensorOptions {
  readonly shape?: Shape;
  readonly dtype?: DType;
}
export declare function tensor(data: HostArray | NestedArray, options?: TensorOptions): Tensor;
export declare function tensorRead(shape: Shape, read: () => Promise<HostArray>, dtype?: DType): Tensor;
export declare function full(
  shape: Shape,
  value: number,
  options?: {
    readonly dtype?: DType;
  },
): Tensor;
export declare function zeros(
  shape: Shape,
  options?: {
    readonly dtype?: DType;
  },
): Tensor;
export declare function ones(
  shape: Shape,
  options?: {
    readonly dtype?: DType;
  },
): Tensor;
export declare function zerosLike(x: Tensor): Tensor;
export declare function onesLike(x: Tensor): Tensor;
export declare function arange(
  size: number,
  options?: {
    readonly dtype?: DType;
  },
): Tensor;
export declare function eye(size: number): Tensor;
