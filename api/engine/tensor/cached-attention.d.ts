import { type Shape } from "../base/shape.js";
import type { Tensor } from "./tensor.js";
export interface AttentionCache {
  readonly keys: Tensor;
  readonly values: Tensor;
}
export interface AttentionCacheOptions {
  readonly lead: Shape;
  readonly length: number;
  readonly dim: number;
  readonly width?: number | undefined;
}
export declare function attentionCache({ lead, length, dim, width }: AttentionCacheOptions): AttentionCache;
export interface NextPlaces {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly position: Tensor | number;
  readonly scale?: number | undefined;
}
export declare function cachedAttention(
  cache: AttentionCache,
  { query, key, value, position, scale }: NextPlaces,
): {
  output: Tensor;
  cache: AttentionCache;
};
