// Attention a step at a time: keys and values of earlier places are kept as values that go in and come out, so that a
// sequence is continued without being read again.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { scaledDotProductAttention } from "#engine/tensor/attention.ts";
import { arange, full, zeros } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Keys and values of the places so far; what lies behind them is not read. */
export interface AttentionCache {
  /** f32 [..., places, dim] */
  readonly keys: Tensor;
  /** f32 [..., places, width] */
  readonly values: Tensor;
}

export interface AttentionCacheOptions {
  /** Axes in front, such as batch and heads. */
  readonly lead: Shape;
  /** The most places that a sequence may have. */
  readonly length: number;
  /** Features of keys. */
  readonly dim: number;
  /** Features of values; as many as of keys by default. */
  readonly width?: number | undefined;
}

/** A cache with nothing in it. */
export function attentionCache({ lead, length, dim, width = dim }: AttentionCacheOptions): AttentionCache {
  return { keys: zeros([...lead, length, dim]), values: zeros([...lead, length, width]) };
}

/** What comes in at the next places. */
export interface NextPlaces {
  /** f32 [..., next, dim] */
  readonly query: Tensor;
  /** f32 [..., next, dim] */
  readonly key: Tensor;
  /** f32 [..., next, width] */
  readonly value: Tensor;
  /** Of the first of them: an i32 number, as a tensor where it changes from call to call of a compiled function. */
  readonly position: Tensor | number;
  /** What products are multiplied by; 1 / √dim by default. */
  readonly scale?: number | undefined;
}

/**
 * Causal attention at the next places of a sequence: their keys and values enter the cache, and each query sees the places
 * up to its own. Step after step it gives what `scaledDotProductAttention` gives of the whole sequence with `causal`.
 * @param cache from `attentionCache` or the call before; give it to `jit` as donated, and it is written in place
 * @returns output f32 [..., next, width], and the cache for the next call; places beyond its length are dropped
 * @throws shape where the next places do not fit the cache
 * @source Pope et al. 2022, Efficiently scaling Transformer inference, section 2
 * @example
 * let cache = attentionCache({ lead: [1, 2], length: 8, dim: 4 });
 * for (let position = 0; position < 8; position += 1) {
 *   const x = random.normal(random.key(position), [1, 2, 1, 4]);
 *   const step = cachedAttention(cache, { query: x, key: x, value: x, position });
 *   cache = step.cache;
 * }
 */
export function cachedAttention(
  cache: AttentionCache,
  { query, key, value, position, scale }: NextPlaces,
): { output: Tensor; cache: AttentionCache } {
  checkNext("key", key, cache.keys);
  checkNext("value", value, cache.values);
  const first = typeof position === "number" ? full([], position, { dtype: "i32" }) : position.cast("i32").reshape([]);
  const grown = { keys: entered(cache.keys, key, first), values: entered(cache.values, value, first) };
  const own = arange(query.shape.at(-2) ?? 0)
    .add(first)
    .expandDims(1); // [next, 1]
  const mask = arange(grown.keys.shape.at(-2) ?? 0).lessEqual(own); // [next, places]
  return { output: scaledDotProductAttention(query, grown.keys, grown.values, { mask, scale }), cache: grown };
}

/** The rows of `next` in the place of those of `all` from a position on. */
function entered(all: Tensor, next: Tensor, first: Tensor): Tensor {
  const numNext = next.shape.at(-2) ?? 0;
  const row = arange(all.shape.at(-2) ?? 0).sub(first); // [places]
  const isNew = row.greaterEqual(0).and(row.less(numNext)).expandDims(1); // [places, 1]
  if (numNext === 1) return where(isNew, next, all);
  const axes = Array.from({ length: all.rank - 2 }, (_, axis) => axis);
  const at = all.rank - 2;
  const rows = next.transpose([at, ...axes, at + 1]).take(row); // [places, ..., features]
  return where(isNew, rows.transpose([...axes.map((axis) => axis + 1), 0, at + 1]), all);
}

function checkNext(name: string, next: Tensor, all: Tensor): void {
  const others = (shape: Shape): Shape => shape.filter((_, axis) => axis !== shape.length - 2);
  if (next.rank === all.rank && sameShape(others(next.shape), others(all.shape))) return;
  throw new SinterError(
    "shape",
    `cachedAttention: ${name} ${shapeText(next.shape)} does not fit a cache ${shapeText(all.shape)}. Make all axes but places equal.`,
    { next: next.shape, cache: all.shape },
  );
}
