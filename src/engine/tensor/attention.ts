// Attention over sequences: products of queries and keys become weights of values. Knows no layer.

import { SinterError } from "#engine/base/error.ts";
import { numberWithin } from "#engine/base/options.ts";
import { broadcastShapes, sameShape, shapeText } from "#engine/base/shape.ts";
import { attentionInBlocks } from "#engine/tensor/attention-blocks.ts";
import {
  attentionWeights,
  dropped,
  transposed,
  visibleIn,
  type VisibleKeys,
  type WeightDropout,
} from "#engine/tensor/attention-scores.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

export interface AttentionOptions extends VisibleKeys {
  /** What products are multiplied by; 1 / √dim by default. */
  readonly scale?: number | undefined;
  /** Weights that are left out, as when a Transformer is trained. */
  readonly dropout?: WeightDropout | undefined;
}

/** Larger tables of scores are computed in blocks. */
const wholeTable = 512 * 512;
const operation = "scaledDotProductAttention";

/**
 * softmax(query · keyᵀ · scale) · value over the keys that each query sees; 0 for a query that sees none. Leading axes
 * broadcast. Beyond 512 x 512 scores blocks of some 8 MiB of them are held in place of all (at most 32 blocks), and the
 * gradient costs one more product.
 * @param query f32 [..., queries, dim]
 * @param key f32 [..., keys, dim]
 * @param value f32 [..., keys, width]
 * @returns f32 [..., queries, width]
 * @throws shape where these or the mask do not fit; option for a rate of dropout that is no share
 * @source Vaswani et al. 2017, section 3.2.1; in blocks: Rabe and Staats 2021, Dao et al. 2022
 * @example
 * const x = random.normal(random.key(1), [2, 8, 100, 16]); // [batch, heads, time, dim]
 * const y = scaledDotProductAttention(x, x, x, { causal: true });
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const [numQueries = 0, dim = 0] = query.shape.slice(-2);
  const numKeys = key.shape.at(-2) ?? 0;
  const lead = leadingAxes(query, key, value);
  checkMask(options.mask, [...lead, numQueries, numKeys]);
  const { scale = 1 / Math.sqrt(dim), dropout, ...visible } = options;
  if (dropout !== undefined) numberWithin(operation, "dropout.rate", dropout.rate, 0, 1);
  const wide = (x: Tensor): Tensor => x.cast("f32").broadcastTo([...lead, ...x.shape.slice(-2)]);
  const q = wide(query).mul(scale);
  const [k, v] = [wide(key), wide(value)];
  if (numQueries * numKeys > wholeTable) return attentionInBlocks(q, k, v, { ...visible, dropout });
  const whole = { firstQuery: 0, numQueries, firstKey: 0, numKeys };
  const weights = attentionWeights(q.matMul(transposed(k)), visibleIn(whole, visible));
  return dropped(weights, dropout).matMul(v);
}

/** What the axes before the last two broadcast to. @throws shape where the last two do not fit */
function leadingAxes(query: Tensor, key: Tensor, value: Tensor): readonly number[] {
  const shapes = [query.shape, key.shape, value.shape];
  const isMatrix = shapes.every(({ length }) => length >= 2);
  if (!isMatrix || query.shape.at(-1) !== key.shape.at(-1) || key.shape.at(-2) !== value.shape.at(-2)) {
    const [first, second, third] = shapes.map(shapeText);
    throw new SinterError(
      "shape",
      `${operation}: query ${first}, key ${second}, value ${third} do not fit. ` +
        "Give [..., queries, dim], [..., keys, dim] and [..., keys, width].",
      { query: query.shape, key: key.shape, value: value.shape },
    );
  }
  return shapes.map((shape) => shape.slice(0, -2)).reduce((axes, other) => broadcastShapes(axes, other, operation));
}

function checkMask(mask: Tensor | undefined, scores: readonly number[]): void {
  if (mask === undefined || sameShape(broadcastShapes(mask.shape, scores, `${operation}: mask`), scores)) return;
  throw new SinterError(
    "shape",
    `${operation}: mask ${shapeText(mask.shape)} has more places than the scores ${shapeText(scores)}. Make it fit them.`,
    { mask: mask.shape, scores },
  );
}
