// Attention in blocks of queries, so that never more than some rows of the table of scores are held. The gradient computes the
// weights of a block again from the scores and what normalized them (docs/decisions/0010-attention.md). Knows no layer.

import { sizeOf, type Shape } from "#engine/base/shape.ts";
import * as ops from "#engine/ops/index.ts";
import {
  dropped,
  hiddenScore,
  transposed,
  visibleIn,
  type ScoreBlock,
  type VisibleKeys,
  type WeightDropout,
} from "#engine/tensor/attention-scores.ts";
import { concat, where } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import { Tensor } from "#engine/tensor/tensor.ts";
import { customGradient } from "#engine/tensor/transforms.ts";

/** Scores of a block, in bytes: larger tables are cut further, as long as there are not too many blocks. */
const blockBytes = 8 * 2 ** 20;
/** A causal mask lets the first blocks do without the last keys: 4 blocks leave 5/8 of the work. */
const leastBlocks = 4;
/** Each block is some ten kernels of its own, which cost time to compile. */
const mostBlocks = 32;
/** Fewer rows make products slow. */
const leastQueries = 64;

/** Who sees whom, and which weights are left out. */
export interface BlockOptions extends VisibleKeys {
  readonly dropout?: WeightDropout | undefined;
}

interface Inputs {
  /** f32 [..., queries, dim], scaled */
  readonly query: Tensor;
  /** f32 [..., keys, dim] */
  readonly key: Tensor;
  /** f32 [..., keys, width] */
  readonly value: Tensor;
}

/**
 * softmax(query · keyᵀ) · value over the visible keys; 0 for a query that sees none.
 * @param query f32 [..., queries, dim], scaled already; key and value have its leading axes
 * @source Rabe and Staats 2021, Self-attention does not need O(n²) memory; the gradient: Dao et al. 2022, appendix B.2
 */
export function attentionInBlocks(query: Tensor, key: Tensor, value: Tensor, options: BlockOptions): Tensor {
  const inputs = { query, key, value };
  const blocks = blocksOf(query.shape, key.shape.at(-2) ?? 0, options);
  const parts = blocks.map((block) => forward(inputs, block, options));
  const whole = concat(
    parts.map(({ output }) => output),
    -2,
  );
  return customGradient(
    () => whole,
    (_inputs, cotangent, output) =>
      backward(inputs, { blocks, options, cotangent, output, logSums: parts.map((part) => part.logSum) }),
  )(query, key, value);
}

/** Queries one after another, each block with the keys that it may see. */
function blocksOf(query: Shape, numKeys: number, { causal, slidingWindow }: VisibleKeys): ScoreBlock[] {
  const numQueries = query.at(-2) ?? 0;
  const tableBytes = sizeOf(query.slice(0, -1)) * numKeys * 4;
  const count = Math.min(Math.max(Math.ceil(tableBytes / blockBytes), leastBlocks), mostBlocks);
  const size = Math.max(leastQueries, Math.ceil(numQueries / count));
  return Array.from({ length: Math.ceil(numQueries / size) }, (_, number) => {
    const firstQuery = number * size;
    const end = Math.min(firstQuery + size, numQueries);
    const reach = slidingWindow ?? Number.POSITIVE_INFINITY;
    const firstKey = Math.min(Math.max(firstQuery - reach + 1, 0), numKeys - 1);
    const lastKey = Math.min(causal === true ? end : end - 1 + reach, numKeys);
    return { firstQuery, numQueries: end - firstQuery, firstKey, numKeys: Math.max(lastKey - firstKey, 1) };
  });
}

/** A block's output, and the logarithm of what its exponentials sum up to. */
function forward(
  { query, key, value }: Inputs,
  block: ScoreBlock,
  options: BlockOptions,
): { output: Tensor; logSum: Tensor } {
  const scores = scoresOf(queriesIn(query, block), keysIn(key, block), block, options); // [..., queries, keys]
  const peak = scores.max(-1, { keepDims: true });
  const powers = scores.sub(peak).exp();
  const total = powers.sum(-1, { keepDims: true }); // [..., queries, 1]
  const kept = dropped(powers, dropoutIn(block, options.dropout));
  const output = kept.matMul(keysIn(value, block)).div(total); // [..., queries, width]
  const logSum = peak.add(total.log());
  if (options.mask === undefined && options.slidingWindow === undefined) return { output, logSum };
  const isBlind = peak.less(hiddenScore / 2);
  return { output: where(isBlind, 0, output), logSum: where(isBlind, -hiddenScore, logSum) };
}

function scoresOf(query: Tensor, key: Tensor, block: ScoreBlock, visible: VisibleKeys): Tensor {
  const scores = query.matMul(transposed(key));
  const seen = visibleIn(block, visible);
  return seen === undefined ? scores : where(seen, scores, hiddenScore);
}

/** Dropout of a block, whose numbers are its own. */
function dropoutIn({ firstQuery }: ScoreBlock, dropout: WeightDropout | undefined): WeightDropout | undefined {
  return dropout === undefined ? undefined : { rate: dropout.rate, key: fold(dropout.key, firstQuery) };
}

interface Backward {
  readonly blocks: readonly ScoreBlock[];
  readonly options: BlockOptions;
  readonly cotangent: Tensor;
  readonly output: Tensor;
  readonly logSums: readonly Tensor[];
}

/** Cotangents of query, key and value. */
function backward({ query, key, value }: Inputs, { blocks, options, cotangent, output, logSums }: Backward): Tensor[] {
  const shares = cotangent.mul(output).sum(-1, { keepDims: true }); // [..., queries, 1]
  const numKeys = key.shape.at(-2) ?? 0;
  const querySlopes: Tensor[] = [];
  let keySlope: Tensor | undefined;
  let valueSlope: Tensor | undefined;
  let earlier = [cotangent];
  for (const [number, block] of blocks.entries()) {
    // Apart from the forward pass and after the block before, so that the weights of one block at a time are held.
    const q = after(queriesIn(query, block), earlier);
    const k = keysIn(key, block);
    const slope = queriesIn(cotangent, block);
    const logSum = logSums[number] ?? shares;
    const dropout = options.dropout && { ...options.dropout, key: after(options.dropout.key, [cotangent]) };
    const drop = (x: Tensor): Tensor => dropped(x, dropoutIn(block, dropout));
    const weights = scoresOf(q, k, block, options).sub(logSum).exp(); // [..., queries, keys]
    const weightSlope = drop(slope.matMul(transposed(keysIn(value, block))));
    const scoreSlope = weights.mul(weightSlope.sub(queriesIn(shares, block)));
    const querySlope = scoreSlope.matMul(k);
    keySlope = joined(keySlope, transposed(scoreSlope).matMul(q), block.firstKey);
    valueSlope = joined(valueSlope, transposed(drop(weights)).matMul(slope), block.firstKey);
    querySlopes.push(querySlope);
    earlier = [querySlope, keySlope, valueSlope];
  }
  return [concat(querySlopes, -2), ...[keySlope ?? key, valueSlope ?? value].map((sum) => longer(sum, numKeys))];
}

/** A sum over the keys from the first on, with a block's part added. */
function joined(sum: Tensor | undefined, part: Tensor, firstKey: number): Tensor {
  const low = part.shape.map((_, axis) => (axis === part.rank - 2 ? firstKey : 0));
  const own = part.pad(
    low,
    low.map(() => 0),
  );
  if (sum === undefined) return own;
  const numKeys = Math.max(sum.shape.at(-2) ?? 0, own.shape.at(-2) ?? 0);
  return longer(own, numKeys).add(longer(sum, numKeys));
}

/** With zeros for further keys. */
function longer(sum: Tensor, numKeys: number): Tensor {
  const missing = numKeys - (sum.shape.at(-2) ?? 0);
  const high = sum.shape.map((_, axis) => (axis === sum.rank - 2 ? missing : 0));
  return sum.pad(
    high.map(() => 0),
    high,
  );
}

function queriesIn(x: Tensor, { firstQuery, numQueries }: ScoreBlock): Tensor {
  return rows(x, firstQuery, numQueries);
}

function keysIn(x: Tensor, { firstKey, numKeys }: ScoreBlock): Tensor {
  return rows(x, firstKey, numKeys);
}

/** Some places of the last axis but one. */
function rows(x: Tensor, from: number, count: number): Tensor {
  const at = x.rank - 2;
  return x.slice(
    x.shape.map((_, axis) => (axis === at ? from : 0)),
    x.shape.map((extent, axis) => (axis === at ? count : extent)),
  );
}

/** A tensor that is computed once others are, and apart from equal ones that were computed before. */
function after(x: Tensor, others: readonly Tensor[]): Tensor {
  return new Tensor(
    ops.after(
      x.node,
      others.map(({ node }) => node),
    ),
  );
}
