// One update of a Word2Vec's two tables from a batch of examples, as a pure function over tensors. Knows no text.

import { arange, full } from "#engine/tensor/create.ts";
import { concat, where } from "#engine/tensor/math.ts";
import { fold, uniform } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/** What learning changes. */
export interface Tables {
  /** The word vectors, f32 [words, dim]. */
  readonly vectors: Tensor;
  /** The vectors of words as what is predicted, f32 [words, dim]. */
  readonly outputs: Tensor;
  /** Sum of the losses of all examples, f32 []. */
  readonly loss: Tensor;
}

/** The noise distribution on the device, see `noiseTable`. */
export interface Noise {
  readonly own: Tensor;
  readonly alias: Tensor;
  readonly key: Tensor;
}

export interface Examples {
  /** i32 [batch] */
  readonly centers: Tensor;
  /** i32 [batch] for skip-gram, [batch, 2 · window] for bags */
  readonly contexts: Tensor;
  /** i32 [], the number of the step */
  readonly step: Tensor;
  /** f32 [] */
  readonly learningRate: Tensor;
}

/**
 * Negative sampling: maximizes log σ(h · o₀) + Σₖ log σ(-h · oₖ) by one step of SGD, where o₀ is the word to predict, oₖ
 * are drawn words and h is the context's vector, or the mean of the contexts' vectors. A drawn word that is the word to
 * predict does not count. Every context's vector takes the whole gradient, as in gensim.
 * @source Mikolov et al., Distributed representations of words and phrases (2013), equation 4
 */
export function trainStep(tables: Tables, noise: Noise, examples: Examples, negative: number): Tables {
  const { vectors, outputs } = tables;
  const { centers, contexts } = examples;
  const [batch = 0] = centers.shape;
  const targets = concat([centers.expandDims(1), drawWords(noise, examples.step, [batch, negative])], 1); // [batch, 1 + negative]
  const hidden = contexts.rank === 1 ? vectors.take(contexts) : meanOf(vectors, contexts); // [batch, dim]
  const wide = hidden.expandDims(1); // [batch, 1, dim]
  const rows = outputs.take(targets); // [batch, 1 + negative, dim]
  const logits = wide.mul(rows).sum(2); // [batch, 1 + negative]
  const isWanted = arange(1 + negative).equal(0);
  const counts = centers
    .greaterEqual(0)
    .expandDims(1)
    .and(isWanted.or(targets.notEqual(centers.expandDims(1))));
  const label = isWanted.cast("f32");
  const pull = where(counts, label.sub(logits.sigmoid()).mul(examples.learningRate), 0).expandDims(2);
  const gradient = pull.mul(rows).sum(1); // [batch, dim]
  const spread =
    contexts.rank === 1 ? gradient : gradient.expandDims(1).broadcastTo([...contexts.shape, vectors.shape[1] ?? 1]);
  return {
    vectors: vectors.addRows(contexts, spread),
    outputs: outputs.addRows(targets, pull.mul(wide)),
    loss: tables.loss.add(where(counts, lossOf(logits, isWanted), 0).sum()),
  };
}

/** -log σ(x) for the wanted word, -log σ(-x) for noise. */
function lossOf(logits: Tensor, isWanted: Tensor): Tensor {
  const x = where(isWanted, logits.neg(), logits);
  return x.abs().neg().exp().log1p().add(x.relu());
}

/** The mean of the rows that a context names; -1 names none. */
function meanOf(vectors: Tensor, contexts: Tensor): Tensor {
  const isThere = contexts.greaterEqual(0).cast("f32"); // [batch, contexts]
  const rows = vectors.take(contexts).mul(isThere.expandDims(2)); // [batch, contexts, dim]
  return rows.sum(1).div(isThere.sum(1).maximum(1).expandDims(1));
}

/** Word numbers drawn from the noise distribution; the same for the same key, step and place. */
function drawWords({ own, alias, key }: Noise, step: Tensor, shape: readonly number[]): Tensor {
  const [slots = 1] = own.shape;
  const draws = fold(key, step);
  const chance = uniform(draws, [2, ...shape]);
  const part = (number: number): Tensor => chance.slice([number, ...shape.map(() => 0)], [1, ...shape]).reshape(shape);
  const slot = part(0)
    .mul(slots)
    .cast("i32")
    .minimum(full([], slots - 1, { dtype: "i32" }));
  return where(part(1).less(own.take(slot)), slot, alias.take(slot));
}
