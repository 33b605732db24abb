// Multi-head attention.

import { integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { headAttention, type HeadOptions } from "./head-attention.ts";
import type { Layer } from "./layer.ts";

export interface MultiHeadAttentionOptions extends HeadOptions {
  readonly numHeads: number;
  /** Features of each head's queries and keys. */
  readonly keyDim: number;
  /** Features of each head's values; keyDim by default. */
  readonly valueDim?: number | null | undefined;
  /** Axes of the result in place of the query's features; the query's features by default. */
  readonly outputShape?: number | Shape | null | undefined;
  /** Axes that attend, the batch counted; all but batch and features by default. */
  readonly attentionAxes?: number | readonly number[] | null | undefined;
}

/**
 * For each head softmax(q · kᵀ / √keyDim) · v, of which one more product makes the output.
 * Applied to [query, value], [query, value, key] or one value alone, each [batch, time, features]; a last input of dtype
 * bool is an attention mask [batch, queries, keys]. Masks of the inputs are heeded: a query that sees no key gives its bias.
 * Weights: query/kernel [features, heads, keyDim], key/kernel, value/kernel [features, heads, valueDim],
 * attentionOutput/kernel [heads, valueDim, ...outputShape], and a bias of each; with useGate also gate/kernel.
 * Cost: 4 · queries · keys · heads · keyDim flops beside the products with the weights.
 * @source Vaswani et al. 2017, section 3.2.2; Keras 3, layers.MultiHeadAttention
 * @example
 * const x = layers.input({ shape: [10, 16] });
 * const y = layers.multiHeadAttention({ numHeads: 2, keyDim: 8, useCausalMask: true }).apply([x, x]);
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer {
  const kind = "multiHeadAttention";
  const numHeads = integer(kind, "numHeads", options.numHeads);
  const keyDim = integer(kind, "keyDim", options.keyDim);
  const valueDim = integer(kind, "valueDim", options.valueDim ?? keyDim);
  const outputShape = integers(kind, "outputShape", options.outputShape, 1);
  const attentionAxes = integers(kind, "attentionAxes", options.attentionAxes, -8);
  return headAttention({
    kind,
    className: "MultiHeadAttention",
    options,
    own: { numHeads, keyDim, valueDim, outputShape, attentionAxes },
    numHeads,
    numKeyHeads: numHeads,
    keyDim,
    valueDim,
    outputShape,
    attentionAxes,
    regularizesParts: true,
  });
}

/** One integer or several, as a list. */
function integers(
  kind: string,
  option: string,
  value: number | readonly number[] | null | undefined,
  least: number,
): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined;
  return [value].flat().map((one) => integer(kind, option, one, least));
}
