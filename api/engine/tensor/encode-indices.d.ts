import type { Tensor } from "./tensor.js";
export type EncodeMode = "oneHot" | "multiHot" | "count";
export declare function encodeIndices(indices: Tensor, mode: EncodeMode, depth: number, weights?: Tensor): Tensor;
