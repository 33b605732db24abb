// A wrapper that trades time for memory: what its layer computes inside is not kept for the gradient, but computed again.

import { SinterError } from "#engine/base/error.ts";
import { recompute as recomputed } from "#engine/tensor/recompute.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  isLayer,
  makeLayer,
  type Layer,
  type LayerOptions,
  type LayerResult,
  type Masks,
  type Weights,
} from "./layer.ts";

export interface RecomputeOptions extends LayerOptions {
  /** What is computed again: one layer, or a model `asLayer()`. */
  readonly layer: Layer;
}

/** What a call of a layer depends on, as one tree. */
interface Taken {
  readonly weights: Weights;
  readonly inputs: readonly Tensor[];
  readonly key: Tensor | undefined;
  readonly masks: Masks | undefined;
}

/**
 * The layer, of whose values only inputs and outputs are kept until the gradient, which computes the others once more
 * (gradient checkpointing): a deep network of such blocks trains in the memory of its widest block and the values between
 * them. Results and gradients stay the same. Weights: the layer's own. Cost: one more forward pass when training.
 * @throws option when no layer comes
 * @source Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost; Keras 3, keras.remat
 * @example
 * const block = sequential([layers.dense({ units: 512, activation: "gelu", inputShape: [64] }), layers.dense({ units: 64 })]);
 * const net = sequential([layers.recompute({ layer: block.asLayer() }), layers.dense({ units: 1 })]);
 */
export function recompute(options: RecomputeOptions): Layer {
  const kind = "recompute";
  const { layer } = options;
  if (!isLayer(layer)) {
    throw new SinterError("option", `${kind}: layer is no layer. Write { layer: layers.dense({ units: 1 }) }.`);
  }
  return makeLayer({
    kind,
    className: "Recompute",
    options: { ...options, inputShape: options.inputShape ?? layer.inputType?.shape },
    known: ["layer"],
    config: { layer: layer.config },
    weights: (inputs) => layer.weights(inputs),
    outputTypes: (inputs, label) => layer.outputTypes(inputs, label),
    call: (weights, inputs, context) => {
      if (!context.training) return layer.call(weights, inputs, context);
      const run = recomputed((taken: Taken): LayerResult => {
        const { key, masks } = taken;
        return layer.call(taken.weights, taken.inputs, { ...context, key, masks, mask: masks?.[0] });
      });
      const masks = context.masks ?? (context.mask === undefined ? undefined : [context.mask]);
      return run({ weights, inputs, key: context.key, masks });
    },
  });
}
