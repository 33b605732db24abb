// Grouped-query attention: several heads of queries share one head of keys and values.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { headAttention, type HeadOptions } from "./head-attention.ts";
import type { Layer } from "./layer.ts";

export interface GroupQueryAttentionOptions extends HeadOptions {
  /** Features of each head. */
  readonly headDim: number;
  readonly numQueryHeads: number;
  /** Heads of keys and values: a divisor of numQueryHeads. */
  readonly numKeyValueHeads: number;
}

/**
 * Multi-head attention whose heads of keys and values each serve numQueryHeads / numKeyValueHeads heads of queries.
 * Inputs and masks as those of multiHeadAttention.
 * Weights: query/kernel [features, numQueryHeads, headDim], key/kernel and value/kernel [features, numKeyValueHeads, headDim],
 * attentionOutput/kernel [numQueryHeads, headDim, features], and a bias of each; with useGate also gate/kernel.
 * @source Ainslie et al. 2023, GQA; Keras 3, layers.GroupQueryAttention
 */
export function groupQueryAttention(options: GroupQueryAttentionOptions): Layer {
  const kind = "groupQueryAttention";
  const headDim = integer(kind, "headDim", options.headDim);
  const numQueryHeads = integer(kind, "numQueryHeads", options.numQueryHeads);
  const numKeyValueHeads = integer(kind, "numKeyValueHeads", options.numKeyValueHeads);
  if (numQueryHeads % numKeyValueHeads !== 0) {
    throw new SinterError(
      "option",
      `${kind}: ${numKeyValueHeads} heads of keys for ${numQueryHeads} heads of queries. Make numKeyValueHeads a divisor.`,
      { numQueryHeads, numKeyValueHeads },
    );
  }
  return headAttention({
    kind,
    className: "GroupedQueryAttention",
    options,
    own: { headDim, numQueryHeads, numKeyValueHeads },
    numHeads: numQueryHeads,
    numKeyHeads: numKeyValueHeads,
    keyDim: headDim,
    valueDim: headDim,
  });
}
