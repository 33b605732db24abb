// A layer applied to every step of a sequence.

import { stack } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  makeLayer,
  single,
  stepOf,
  type CallContext,
  type Layer,
  type LayerOptions,
  type LayerResult,
  type SampleType,
  type Weights,
} from "./layer.ts";

export interface TimeDistributedOptions extends LayerOptions {
  /** What every step goes through, with the same weights. */
  readonly layer: Layer;
}

/**
 * The same layer on each step of [batch, time, ...]. Weights: the layer's own.
 * @source Keras 3, layers.TimeDistributed
 */
export function timeDistributed(options: TimeDistributedOptions): Layer {
  const kind = "timeDistributed";
  const { layer } = options;
  return makeLayer({
    kind,
    className: "TimeDistributed",
    options,
    known: ["layer"],
    config: { layer: layer.config },
    passesMask: true,
    weights: (inputs) => layer.weights([stepOf(single(inputs, kind), kind)]),
    outputTypes: (inputs, label) => {
      const [time = 0] = single(inputs, label).shape;
      return layer
        .outputTypes([stepOf(single(inputs, label), label)], label)
        .map(({ shape, dtype }) => ({ shape: [time, ...shape], dtype }));
    },
    call: (weights, inputs, context) => {
      const x = single(inputs, kind);
      // Statistics of a batch are those of one step: each step in its turn.
      const isByStep = context.training && layer.weights([stepOf(typeOf(x), kind)]).some(isState);
      return isByStep ? overSteps(layer, weights, x, context) : atOnce(layer, weights, x, context);
    },
  });
}

function isState({ trainable }: { readonly trainable: boolean }): boolean {
  return !trainable;
}

function typeOf(x: Tensor): SampleType {
  return { shape: x.shape.slice(1), dtype: x.dtype };
}

/** All steps as samples of one batch. */
function atOnce(layer: Layer, weights: Weights, x: Tensor, context: CallContext): LayerResult {
  const [batch = 1, time = 1, ...sample] = x.shape;
  const { outputs, losses } = layer.call(weights, [x.reshape([batch * time, ...sample])], {
    ...context,
    mask: undefined,
    masks: undefined,
  });
  return { outputs: outputs.map((one) => one.reshape([batch, time, ...one.shape.slice(1)])), losses };
}

function overSteps(layer: Layer, weights: Weights, x: Tensor, context: CallContext): LayerResult {
  const [batch = 1, time = 1, ...sample] = x.shape;
  let state: Weights = {};
  const losses: Tensor[] = [];
  const steps = Array.from({ length: time }, (_, step) => {
    const own = x.slice([0, step, ...sample.map(() => 0)], [batch, 1, ...sample]).squeeze(1);
    const key = context.key === undefined ? undefined : fold(context.key, step);
    const result = layer.call({ ...weights, ...state }, [own], { ...context, key, mask: undefined, masks: undefined });
    state = { ...state, ...result.state };
    losses.push(...(result.losses ?? []));
    return result.outputs;
  });
  const [first = []] = steps;
  const outputs = first.map((_, place) =>
    stack(
      steps.flatMap((one) => one[place] ?? []),
      1,
    ),
  );
  return { outputs, state, losses };
}
