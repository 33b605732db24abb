import type { Tensor } from "./tensor.js";
export declare function einsum(equation: string, ...operands: readonly Tensor[]): Tensor;
