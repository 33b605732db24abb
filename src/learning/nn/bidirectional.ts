// A recurrent layer that goes over time in both directions.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { concat } from "#engine/tensor/math.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  makeLayer,
  weightsBelow,
  type CallContext,
  type Layer,
  type LayerOptions,
  type LayerResult,
  type Weights,
} from "./layer.ts";
import type { RecurrentLayer } from "./recurrent.ts";

const mergeModes = ["sum", "mul", "concat", "ave"] as const;

export type MergeMode = (typeof mergeModes)[number];

export interface BidirectionalOptions extends LayerOptions {
  /** `layers.lstm({ … })` or another that goes over time. */
  readonly layer: Layer;
  /** How both outputs become one; `null` gives both, see `applyAll`. "concat" by default. */
  readonly mergeMode?: MergeMode | null;
  /** The layer that goes backwards; else a copy of `layer`. */
  readonly backwardLayer?: Layer | undefined;
}

/**
 * A recurrent layer and one that goes backwards, whose outputs come in the order of time.
 * Weights: those of both, under `forward/` and `backward/`. It takes x, or [x, ...first states of both].
 * @source Schuster and Paliwal 1997; Keras 3, layers.Bidirectional
 */
export function bidirectional(options: BidirectionalOptions): Layer {
  const kind = "bidirectional";
  const { mergeMode = "concat" } = options;
  if (mergeMode !== null) choice(kind, "mergeMode", mergeMode, mergeModes);
  const forward = recurrentOf(options.layer, "layer");
  const { goBackwards } = forward.recurrence;
  const { backwardLayer = forward.withRecurrence({ goBackwards: !goBackwards }) } = options;
  const backward = recurrentOf(backwardLayer, "backwardLayer");
  checkTwins(forward, backward);
  const pair = new Pair(forward, backward, mergeMode);
  return makeLayer({
    kind,
    className: "Bidirectional",
    options,
    known: ["layer", "mergeMode", "backwardLayer"],
    config: { layer: forward.config, mergeMode, backwardLayer: backward.config },
    weights: (inputs) => [
      ...forward.weights(inputs.slice(0, 1)).map((spec) => ({ ...spec, name: `forward/${spec.name}` })),
      ...backward.weights(inputs.slice(0, 1)).map((spec) => ({ ...spec, name: `backward/${spec.name}` })),
    ],
    outputTypes: (inputs, label) => {
      const [x, ...states] = inputs;
      const own = x === undefined ? [] : [x];
      const half = states.length / 2;
      const [output, ...ends] = forward.outputTypes([...own, ...states.slice(0, half)], label);
      const [other, ...others] = backward.outputTypes([...own, ...states.slice(half)], label);
      if (output === undefined || other === undefined) return [];
      const width = (output.shape.at(-1) ?? 0) + (other.shape.at(-1) ?? 0);
      const joined = { ...output, shape: [...output.shape.slice(0, -1), width] };
      const merged = mergeMode === null ? [output, other] : [mergeMode === "concat" ? joined : output];
      return [...merged, ...ends, ...others];
    },
    call: (weights, inputs, context) => pair.call(weights, inputs, context),
  });
}

function recurrentOf(layer: Layer, option: string): RecurrentLayer {
  if (isRecurrent(layer)) {
    // As Keras: one direction's last output would reach into the places that its mask leaves out.
    return layer.withRecurrence({ zeroOutputForMask: layer.recurrence.returnSequences });
  }
  throw new SinterError(
    "option",
    `bidirectional: ${option} is ${layer.config.kind}, which does not go over time. Use layers.lstm, gru, simpleRnn or rnn.`,
    { kind: layer.config.kind },
  );
}

function isRecurrent(layer: Layer): layer is RecurrentLayer {
  return "recurrence" in layer && "withRecurrence" in layer;
}

function checkTwins({ recurrence: one }: RecurrentLayer, { recurrence: other }: RecurrentLayer): void {
  if (one.goBackwards === other.goBackwards) {
    throw new SinterError(
      "option",
      "bidirectional: both layers go the same way. Give backwardLayer the other goBackwards.",
    );
  }
  if (one.returnSequences === other.returnSequences && one.returnState === other.returnState) return;
  throw new SinterError(
    "option",
    "bidirectional: returnSequences or returnState of the two layers differ. Make them equal.",
  );
}

/** Both layers. */
class Pair {
  readonly #forward: RecurrentLayer;
  readonly #backward: RecurrentLayer;
  readonly #mergeMode: MergeMode | null;

  constructor(forward: RecurrentLayer, backward: RecurrentLayer, mergeMode: MergeMode | null) {
    this.#forward = forward;
    this.#backward = backward;
    this.#mergeMode = mergeMode;
  }

  call(weights: Weights, inputs: readonly Tensor[], context: CallContext): LayerResult {
    const [x, ...states] = inputs;
    const own = x === undefined ? [] : [x];
    const half = states.length / 2;
    const one = callOf(this.#forward, "forward/", weights, [...own, ...states.slice(0, half)], context);
    const key = context.key === undefined ? undefined : fold(context.key, 1);
    const backwardContext = { ...context, key };
    const two = callOf(this.#backward, "backward/", weights, [...own, ...states.slice(half)], backwardContext);
    const [output, ...ends] = one.outputs;
    const [last, ...others] = two.outputs;
    if (output === undefined || last === undefined) throw new SinterError("state", "bidirectional: no output came.");
    const { returnSequences, goBackwards } = this.#backward.recurrence;
    const [first, second] = returnSequences
      ? goBackwards
        ? [output, last.reverse([1])]
        : [output.reverse([1]), last]
      : [output, last];
    const mask = returnSequences ? context.mask : undefined;
    const merged = this.#mergeMode === null ? [first, second] : [merge(this.#mergeMode, first, second)];
    return {
      outputs: [...merged, ...ends, ...others],
      state: { ...one.state, ...two.state },
      losses: [...(one.losses ?? []), ...(two.losses ?? [])],
      ...(mask === undefined ? {} : { masks: merged.map(() => mask) }),
    };
  }
}

function callOf(
  layer: RecurrentLayer,
  prefix: string,
  weights: Weights,
  inputs: readonly Tensor[],
  context: CallContext,
): LayerResult {
  const { state, ...result } = layer.call(weightsBelow(weights, prefix), inputs, context);
  const moved = Object.entries(state ?? {}).map(([name, value]) => [`${prefix}${name}`, value]);
  return { ...result, state: Object.fromEntries(moved) };
}

function merge(mode: MergeMode, first: Tensor, second: Tensor): Tensor {
  switch (mode) {
    case "concat":
      return concat([first, second], -1);
    case "sum":
      return first.add(second);
    case "ave":
      return first.add(second).div(2);
    case "mul":
      return first.mul(second);
    default:
      return mode satisfies never;
  }
}
