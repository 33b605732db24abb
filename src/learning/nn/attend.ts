// What all attention layers share: their options, who sees whom, and the weights of values with dropout.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import {
  attentionWeights,
  dropped,
  transposed,
  visibleIn,
  type VisibleKeys,
  type WeightDropout,
} from "#engine/tensor/attention-scores.ts";
import { scaledDotProductAttention } from "#engine/tensor/attention.ts";
import { where } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { CallContext, LayerOptions, Masks } from "./layer.ts";

/** What every attention layer takes; what Keras takes with a call is an option here. */
export interface AttendOptions extends LayerOptions {
  /** Share of the attention weights that become 0 when training. */
  readonly dropout?: number;
  readonly seed?: number | undefined;
  /** Whether place i of the query sees only places 0 to i of the keys. */
  readonly useCausalMask?: boolean;
  /** Whether the attention weights are a second value: `applyAll`. */
  readonly returnAttentionScores?: boolean;
}

export type AttendConfig = {
  readonly dropout: number;
  readonly seed: number | undefined;
  readonly useCausalMask: boolean;
  readonly returnAttentionScores: boolean;
};

/** @throws option naming the right one */
export function checkAttendOptions(kind: string, options: AttendOptions): AttendConfig {
  const { dropout = 0, seed, useCausalMask = false, returnAttentionScores = false } = options;
  return {
    dropout: numberWithin(kind, "dropout", dropout, 0, 1),
    seed: seed === undefined ? undefined : integer(kind, "seed", seed, 0),
    useCausalMask,
    returnAttentionScores,
  };
}

/** What an attention layer was applied to. */
export interface Roles<Item> {
  readonly query: Item;
  readonly value: Item;
  readonly key: Item;
  /** bool: which keys each query sees. */
  readonly mask: Item | undefined;
  /** How many of query, value and key came. */
  readonly count: number;
}

/**
 * Query, value and key, in Keras's order. One input alone attends to itself; without a key the value is the key; a last
 * input of dtype bool is the attention mask.
 * @throws shape for another number of inputs
 */
export function rolesOf<Item extends { readonly dtype: DType }>(inputs: readonly Item[], label: string): Roles<Item> {
  const last = inputs.at(-1);
  const mask = last?.dtype === "bool" ? last : undefined;
  const [query, value = query, key = value, ...others] = mask === undefined ? inputs : inputs.slice(0, -1);
  if (query === undefined || value === undefined || key === undefined || others.length > 0) {
    throw new SinterError(
      "shape",
      `${label}: ${inputs.length} inputs came. Apply it to [query, value] or [query, value, key], perhaps with a mask of dtype bool last.`,
      { count: inputs.length },
    );
  }
  return { query, value, key, mask, count: inputs.length - (mask === undefined ? 0 : 1) };
}

/** The masks of query, value and a key of its own. */
export function masksOf(
  { count }: Roles<unknown>,
  masks: Masks = [],
): Record<"query" | "value" | "key", Tensor | undefined> {
  const [query, value, key] = masks;
  return { query, value: count === 1 ? query : value, key: count === 3 ? key : undefined };
}

/** Heads are among the leading axes of all three. */
export interface Attended {
  /** [..., queries, dim] */
  readonly query: Tensor;
  /** [..., keys, dim] */
  readonly key: Tensor;
  /** [..., keys, width] */
  readonly value: Tensor;
  readonly visible: VisibleKeys;
  /** Which queries count: bool [..., queries, 1]; others get 0. */
  readonly queryMask: Tensor | undefined;
  /** What products are multiplied by. */
  readonly scale: number;
}

export interface Attention {
  /** [..., queries, width] */
  readonly output: Tensor;
  /** Weights of the values, [..., queries, keys], and what dropout left of them; where they were held. */
  readonly weights?: Tensor | undefined;
  readonly dropped?: Tensor | undefined;
}

/** Attention by products; no table of weights is held unless they are to be returned. */
export function attend(
  { query, key, value, visible, queryMask, scale }: Attended,
  config: AttendConfig,
  context: CallContext,
): Attention {
  if (config.returnAttentionScores) {
    const scores = query.mul(scale).matMul(transposed(key));
    return weigh(scores, { value, visible, queryMask }, config, context);
  }
  const dropout = dropoutOf(config, context);
  const output = scaledDotProductAttention(query, key, value, { ...visible, scale, dropout });
  return { output: queryMask === undefined ? output : where(queryMask, output, 0) };
}

/** Attention by scores [..., queries, keys]. */
export function weigh(
  scores: Tensor,
  { value, visible, queryMask }: Pick<Attended, "value" | "visible" | "queryMask">,
  config: AttendConfig,
  context: CallContext,
): Attention {
  const [numQueries = 0, numKeys = 0] = scores.shape.slice(-2);
  const seen = visibleIn({ firstQuery: 0, numQueries, firstKey: 0, numKeys }, visible);
  const weights = attentionWeights(scores, bothOf(seen, queryMask));
  const left = dropped(weights, dropoutOf(config, context));
  return { output: left.matMul(value), weights, dropped: left };
}

function dropoutOf({ dropout, seed }: AttendConfig, { training, key }: CallContext): WeightDropout | undefined {
  if (!training || dropout === 0) return undefined;
  if (key === undefined) throw new SinterError("state", "attention: no random key came. Give one when training.");
  return { rate: dropout, key: seed === undefined ? key : fold(key, seed) };
}

/** What both conditions say, where there are any. */
export function bothOf(one: Tensor | undefined, other: Tensor | undefined): Tensor | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one.and(other);
}
