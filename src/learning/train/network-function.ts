// A model taken apart, for train steps of one's own: its weights by path, and what it computes of them as a pure function.

import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Weights } from "#learning/nn/layer.ts";
import { applyNetwork, copyOf, type NetworkResult } from "#learning/nn/network.ts";
import type { Model } from "./model.ts";

export interface ApplyOptions {
  /** Whether dropout drops and batch normalization takes the batch's statistics; false by default. */
  readonly training?: boolean;
  /** i32 [2], of dropout and its like: `random.key(seed)`, for each step another by `random.fold`. Needed when training. */
  readonly key?: Tensor;
}

/** A model as weights and a function of them. */
export interface NetworkFunction {
  /** Copies of the weights that are trained, by path: `dense/kernel`. */
  readonly weights: Weights;
  /** Copies of those that are not: frozen ones, moving statistics. */
  readonly frozen: Weights;
  /**
   * What the model gives for a batch; `jit`, `grad` and `valueAndGrad` may go through it. It changes nothing: new values of
   * moving statistics are in the result's `state`, penalties of regularizers in its `losses`.
   * @param weights all of them, by path
   * @param x [batch, ...input shape], of several inputs a list
   * @throws shape where samples do not fit
   */
  readonly apply: (weights: Weights, x: Tensor | readonly Tensor[], options?: ApplyOptions) => NetworkResult;
}

/**
 * A model for a train step of one's own; `model.setWeights` takes back what was learnt.
 * @example
 * const net = sequential([layers.dense({ units: 1, inputShape: [3] })]);
 * const { weights, frozen, apply } = networkFunction(net);
 * const loss = (own, x, y) => lossValue(losses.meanSquaredError(), y, apply({ ...own, ...frozen }, x, { training: true }));
 */
export function networkFunction(model: Model): NetworkFunction {
  const { network, core } = model;
  return {
    weights: copied(core.weights),
    frozen: copied(core.frozen),
    apply: (weights, x, { training = false, key } = {}) => applyNetwork(network, weights, x, { training, key }),
  };
}

/** Training takes over the memory of the model's own, never that of the user's. */
function copied(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([path, weight]) => [path, copyOf(weight)]));
}
