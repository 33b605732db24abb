// A network as one layer of another: a trained base below a new head, or one network used in several places.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { isLayer, makeLayer, type Layer, type LayerOptions, type SampleType, type Weights } from "./layer.ts";
import { callNetwork, networkOf, type Network, type NetworkPlan } from "./network.ts";

/** The kind that model files name. */
export const networkKind = "model";

/**
 * A network that is called like a layer. Weights: the network's own, `conv2d/kernel`.
 * @param values what the weights are at first, by path; else they begin as the network's layers say
 */
export function networkLayer(network: Network, options: LayerOptions = {}, values?: Weights): Layer {
  const { inputShape: _, ...own } = options;
  return makeLayer({
    kind: networkKind,
    className: network.isSequential ? "Sequential" : "Functional",
    inputType: network.inputs.length === 1 ? network.input : undefined,
    options: own,
    known: [],
    config: describeNetwork(network),
    weights: () =>
      network.weights.map(({ path, ...spec }) => {
        const value = values?.[path];
        return { ...spec, name: path, ...(value === undefined ? {} : { value }) };
      }),
    outputTypes: (inputs, label) => {
      checkInputs(network, inputs, label);
      return network.outputTypes;
    },
    call: (weights, inputs, context) => {
      const { outputs, state, losses, logits, masks } = callNetwork(network, weights, inputs, context);
      return { outputs, state, losses, logits: logits[0], masks };
    },
  });
}

function checkInputs({ inputs: expected }: Network, came: readonly SampleType[], label: string): void {
  const isEqual = expected.every(({ shape }, place) => sameShape(shape, came[place]?.shape ?? [-1]));
  if (isEqual && expected.length === came.length) return;
  const text = (types: readonly SampleType[]): string => types.map(({ shape }) => shapeText(shape)).join(", ");
  throw new SinterError("shape", `${label}: takes ${text(expected)}, but ${text(came)} comes. Give it what it takes.`, {
    expected: expected.map(({ shape }) => shape),
    came: came.map(({ shape }) => shape),
  });
}

/** Layers and calls as a model file keeps them. */
function describeNetwork({ layers, calls, outputs, isSequential }: Network): { readonly [name: string]: ConfigValue } {
  return {
    layers: layers.map(({ layer, name }) => ({ kind: layer.config.kind, options: { name, ...layer.config.options } })),
    calls: calls.map(({ layer, inputs }) => ({ layer, inputs })),
    outputs,
    isSequential,
  };
}

/**
 * The layer that such a description stands for, whose layers are made already.
 * @throws format where it is damaged
 */
export function networkLayerFrom(options: object): Layer {
  const { layers, calls, outputs, isSequential, ...own } = { ...unread, ...options };
  if (!Array.isArray(layers) || !layers.every(isLayer) || !Array.isArray(calls) || !calls.every(isCall))
    throw damaged();
  if (!isNumbers(outputs)) throw damaged();
  return networkLayer(networkOf({ layers, calls, outputs, isSequential: isSequential === true }), own);
}

const unread: { readonly [name in "layers" | "calls" | "outputs" | "isSequential"]: unknown } = {
  layers: undefined,
  calls: undefined,
  outputs: undefined,
  isSequential: undefined,
};

function damaged(): SinterError {
  return new SinterError(
    "format",
    "model: its layers or calls are no lists of such. The file is damaged; save it again.",
  );
}

function isCall(value: unknown): value is NetworkPlan["calls"][number] {
  if (typeof value !== "object" || value === null || !("layer" in value) || !("inputs" in value)) return false;
  return typeof value.layer === "number" && isNumbers(value.inputs);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}
