// Tables of attention scores, whole or in part: which keys a query sees, and the weights that scores become.

import { arange } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { bernoulli } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** Which keys a query sees; all that is said must hold. */
export interface VisibleKeys {
  /** bool, broadcasts to [..., queries, keys]. */
  readonly mask?: Tensor | undefined;
  /** Query i sees keys 0 to i. */
  readonly causal?: boolean | undefined;
  /** Query i sees the keys that are fewer places than this away, on both sides. */
  readonly slidingWindow?: number | undefined;
}

/** Which weights are left out. */
export interface WeightDropout {
  /** Share of the weights that become 0. */
  readonly rate: number;
  /** i32 [2] */
  readonly key: Tensor;
}

/** Rows and columns of a table of scores: a part of it, or all. */
export interface ScoreBlock {
  readonly firstQuery: number;
  readonly numQueries: number;
  readonly firstKey: number;
  readonly numKeys: number;
}

/** A score that no visible key has: its exponential is 0. */
export const hiddenScore = -1e30;

/**
 * The softmax of each row of scores over the keys that are visible; a row of zeros where none is.
 * @param scores f32 [..., queries, keys]
 * @param visible bool, broadcasts to the scores; all keys where it is left out
 */
export function attentionWeights(scores: Tensor, visible?: Tensor): Tensor {
  if (visible === undefined) return scores.softmax(-1);
  return where(visible, where(visible, scores, hiddenScore).softmax(-1), 0);
}

/** Which keys of a block its queries see: bool, broadcasts to [..., queries, keys]; nothing where they see all. */
export function visibleIn(block: ScoreBlock, { mask, causal, slidingWindow }: VisibleKeys): Tensor | undefined {
  const query = arange(block.numQueries).add(block.firstQuery).expandDims(1);
  const key = arange(block.numKeys).add(block.firstKey);
  const [first, ...others] = [
    ...(mask === undefined ? [] : [maskOf(mask, block)]),
    ...(causal === true ? [key.lessEqual(query)] : []),
    ...(slidingWindow === undefined ? [] : [query.sub(key).abs().less(slidingWindow)]),
  ];
  return others.reduce((all, one) => all?.and(one), first);
}

/** The part of a mask that lies over a block; axes of extent 1 stay. */
function maskOf(mask: Tensor, { firstQuery, numQueries, firstKey, numKeys }: ScoreBlock): Tensor {
  const parts = new Map([
    [mask.rank - 2, { from: firstQuery, count: numQueries }],
    [mask.rank - 1, { from: firstKey, count: numKeys }],
  ]);
  const cuts = mask.shape.map((extent, axis) => (extent === 1 ? undefined : parts.get(axis)));
  return mask.slice(
    cuts.map((cut) => cut?.from ?? 0),
    mask.shape.map((extent, axis) => cuts[axis]?.count ?? extent),
  );
}

/** Weights, or cotangents of what this gave, of which a share is 0 and the rest larger to make up for it. */
export function dropped(weights: Tensor, dropout: WeightDropout | undefined): Tensor {
  if (dropout === undefined || dropout.rate === 0) return weights;
  const { rate, key } = dropout;
  const isKept = bernoulli(key, weights.shape, 1 - rate);
  return where(isKept, weights.mul(rate === 1 ? 0 : 1 / (1 - rate)), 0);
}

/** The last two axes exchanged. */
export function transposed(x: Tensor): Tensor {
  return x.transpose(x.shape.map((_, axis) => (axis < x.rank - 2 ? axis : 2 * x.rank - 3 - axis)));
}
