// Layers one after another as one layer, as Keras groups those that prepare pictures.

import { SinterError } from "#engine/base/error.ts";
import { fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  isLayer,
  makeLayer,
  weightsBelow,
  type CallContext,
  type Layer,
  type LayerOptions,
  type LayerResult,
  type Masks,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.ts";

export interface PipelineOptions extends LayerOptions {
  /** In the order in which they act, each on what the one before gives. */
  readonly layers: readonly Layer[];
}

/**
 * Layers one after another. Weights: those of the layers, each under its number: `0/kernel`.
 * @throws option when no layers come; shape where one does not fit
 * @source Keras 3, layers.Pipeline
 * @example
 * const prepare = layers.pipeline({ layers: [layers.rescaling({ scale: 1 / 255 }), layers.randomFlip({ mode: "horizontal" })] });
 */
export function pipeline(options: PipelineOptions): Layer {
  const kind = "pipeline";
  const { layers } = options;
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(isLayer)) {
    throw new SinterError(
      "option",
      `${kind}: layers is no list of layers. Write { layers: [layers.rescaling({ … })] }.`,
    );
  }
  const taken = (inputs: readonly SampleType[], label: string): (readonly SampleType[])[] => {
    const types = [inputs];
    for (const layer of layers) types.push(layer.outputTypes(types.at(-1) ?? inputs, label));
    return types;
  };
  return makeLayer({
    kind,
    className: "Pipeline",
    options: { ...options, inputShape: options.inputShape ?? layers[0]?.inputType?.shape },
    known: ["layers"],
    config: { layers: layers.map(({ config }) => config) },
    weights: (inputs) => {
      const types = taken(inputs, kind);
      return layers.flatMap((layer, place) => placed(layer.weights(types[place] ?? inputs), place));
    },
    outputTypes: (inputs, label) => taken(inputs, label).at(-1) ?? inputs,
    call: (weights, inputs, context) => callAll(layers, weights, inputs, context),
  });
}

function placed(specs: readonly WeightSpec[], place: number): WeightSpec[] {
  return specs.map((spec) => ({ ...spec, name: `${place}/${spec.name}` }));
}

function callAll(
  layers: readonly Layer[],
  weights: Weights,
  inputs: readonly Tensor[],
  context: CallContext,
): LayerResult {
  let result: LayerResult = { outputs: inputs };
  let masks: Masks | undefined = context.masks ?? [context.mask];
  const losses: Tensor[] = [];
  let state: Weights = {};
  for (const [place, layer] of layers.entries()) {
    const key = context.key === undefined ? undefined : fold(context.key, place);
    const own = weightsBelow(weights, `${place}/`);
    result = layer.call(own, result.outputs, { ...context, key, masks, mask: masks?.[0] });
    ({ masks } = result);
    losses.push(...(result.losses ?? []));
    const moved = Object.entries(result.state ?? {}).map(([name, value]) => [`${place}/${name}`, value]);
    state = { ...state, ...Object.fromEntries(moved) };
  }
  return { ...result, losses, state };
}
