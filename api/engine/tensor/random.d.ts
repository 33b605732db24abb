import type { Shape } from "../base/shape.js";
import { Tensor } from "./tensor.js";
export declare function key(seed: number): Tensor;
export declare function fold(parent: Tensor, number: number | Tensor): Tensor;
export declare function uniform(
  from: Tensor,
  shape: Shape,
  options?: {
    low?: number;
    high?: number;
  },
): Tensor;
export declare function normal(
  from: Tensor,
  shape: Shape,
  options?: {
    mean?: number;
    stddev?: number;
  },
): Tensor;
export declare function bernoulli(from: Tensor, shape: Shape, p: number | Tensor): Tensor;
