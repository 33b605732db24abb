// Writes a model as a layers-model of TensorFlow.js: Keras 2's configuration, the manifest and the shards.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { isList, isObject, listOf, objectOf, type JsonObject } from "../keras/json.ts";
import { writePlainLayer } from "../keras/layer-config.ts";
import { snake } from "../keras/names.ts";
import type { DescribedModel } from "../keras/read.ts";
import { describedList, describedOf, layerName } from "../keras/weight-slots.ts";
import type { Described, DescribedGraph } from "../model-json.ts";
import type { StoredTensor } from "../safetensors.ts";
import { encodeTfjsWeights, type TfjsQuantization } from "./encode-weights.ts";
import { namedSlots, type NamedSlot } from "./layer-weights.ts";
import { asMerge, checkWritten, withActivations } from "./written-layers.ts";

/** The version whose configuration is written. */
const kerasVersion = "tfjs-layers 4.22.0";

/**
 * The files of a layers-model by name: model.json and its shards.
 * @throws format for what TensorFlow.js has not, naming the layer
 */
export function encodeLayersModel(
  { description, tensors }: DescribedModel,
  quantization?: TfjsQuantization,
): Map<string, Uint8Array> {
  const { name, graph, preprocessing } = description;
  const layers = description.layers.map(asMerge);
  for (const layer of layers) checkWritten(layer);
  const named = layers.map(withInnerNames);
  const { manifest, shards } = encodeTfjsWeights(tfjsNames(named, tensors), quantization);
  const isEmpty = Object.values(preprocessing).every((value) => value === undefined);
  const model = {
    format: "layers-model",
    generatedBy: "sinter",
    convertedBy: null,
    modelTopology: { ...writeNetwork(name, named, graph), keras_version: kerasVersion, backend: "tensor_flow.js" },
    weightsManifest: manifest,
    ...(isEmpty ? {} : { userDefinedMetadata: { preprocessing } }),
  };
  return new Map([["model.json", new TextEncoder().encode(JSON.stringify(model))], ...shards]);
}

/** Layers in others have names, which names of weights are made of. */
function withInnerNames({ kind, options }: Described): Described {
  const inner = options["layer"];
  if (isObject(inner)) {
    const { kind: innerKind, options: own } = withInnerNames(describedOf(inner));
    const { backwardLayer: _, ...others } = options;
    return { kind, options: { ...others, layer: { kind: innerKind, options: { name: snake(innerKind), ...own } } } };
  }
  if (kind !== "model") return { kind, options };
  const layers = describedList(options["layers"]).map((layer) => ({ ...withInnerNames(layer) }));
  return { kind, options: { ...options, layers } };
}

/** Tensors under the names that TensorFlow.js looks for. @throws format where two layers share a name */
function* tfjsNames(
  layers: readonly Described[],
  tensors: ReadonlyMap<string, StoredTensor>,
): Generator<readonly [name: string, tensor: StoredTensor]> {
  for (const slot of namedSlots(layers)) {
    const tensor = tensors.get(slot.path);
    if (tensor !== undefined) yield [nameOf(slot), tensor];
  }
}

/** @source tfjs-layers 4.22, layers/wrappers.ts and recurrent.ts: what scopes they make */
function nameOf({ layer, kind, slot, inner }: NamedSlot): string {
  const parts = slot.name.split("/");
  const last = parts.at(-1) ?? "";
  const own = kind === "depthwiseConv2d" && last === "kernel" ? "depthwise_kernel" : snake(last);
  const between = parts.slice(0, -1).map((part) => {
    if (part === "forward" || part === "backward") return `${part}_${inner}`;
    return part.replace(/^cell(\d+)$/, "RNNCell_$1");
  });
  return [layer, ...between, own].join("/");
}

function writeNetwork(name: string, layers: readonly Described[], graph: DescribedGraph | undefined): JsonObject {
  if (graph === undefined) {
    return {
      class_name: "Sequential",
      config: { name, layers: layers.map((layer, place) => writeLayer(layer, place === 0)) },
    };
  }
  return { class_name: "Model", config: { name, ...writeGraph(layers, graph) } };
}

/** Keras 2's object of a layer. @param isFirst whether it says what the network takes */
function writeLayer({ kind, options }: Described, isFirst: boolean): JsonObject {
  if (kind === "model") {
    const layers = describedList(options["layers"]);
    const graph = options["isSequential"] === true ? undefined : graphOf(options);
    return writeNetwork(layerName({ kind, options }), layers, graph);
  }
  const written = writePlainLayer({ kind, options: withActivations(options) }, (inner) => writeLayer(inner, false));
  const { class_name: className, config } = older(written);
  const { inputShape } = options;
  const given = isFirst && isList(inputShape) ? { batch_input_shape: [null, ...inputShape] } : {};
  return { class_name: className ?? "", config: { ...objectOf(config, "config"), ...given } };
}

/** An object of Keras 3 as Keras 2 had it: no modules, other names. */
function older(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "module" && name !== "registered_name" && name !== "build_config")
      .map(([name, item]) => [name === "batch_shape" ? "batch_input_shape" : name, olderValue(item)]),
  );
}

function olderValue(value: ConfigValue): ConfigValue {
  if (isList(value)) return value.map(olderValue);
  return isObject(value) ? older(value) : value;
}

/** The layers' calls as lists of what they take: the layer's name, which of its calls, which of its values. */
function writeGraph(layers: readonly Described[], { calls, outputs }: DescribedGraph): JsonObject {
  const origins: ConfigValue[][] = [];
  const nodes = layers.map((): ConfigValue[] => []);
  const inputs: ConfigValue[] = [];
  for (const { layer: place, inputs: taken, values = 1 } of calls) {
    const layer = layers[place];
    const own = nodes[place];
    if (layer === undefined || own === undefined) continue;
    const name = layerName(layer);
    checkCall(layer, taken.length);
    // A network counts the call that made it.
    const node = taken.length === 0 ? 0 : own.length + (layer.kind === "model" ? 1 : 0);
    if (taken.length === 0) inputs.push([name, 0, 0]);
    else own.push(taken.map((value) => [...(origins[value] ?? []), {}]));
    for (let value = 0; value < values; value += 1) origins.push([name, node, value]);
  }
  return {
    layers: layers.map((layer, place) => ({
      ...writeLayer(layer, false),
      name: layerName(layer),
      inbound_nodes: nodes[place] ?? [],
    })),
    input_layers: inputs,
    output_layers: outputs.map((value) => origins[value] ?? []),
  };
}

const recurrent: ReadonlySet<string> = new Set(["lstm", "gru", "simpleRnn", "rnn", "bidirectional", "convLstm2d"]);

/** @throws format for a recurrent layer that is given its first state */
function checkCall({ kind, options }: Described, numInputs: number): void {
  if (numInputs <= 1 || !recurrent.has(kind)) return;
  throw new SinterError(
    "format",
    `tfjs: layer ${JSON.stringify(options["name"])} takes its first state as an input, which is not written. Leave the state out.`,
  );
}

function graphOf({ calls, outputs }: JsonObject): DescribedGraph {
  return {
    calls: listOf(calls ?? null, "calls").map((call) => {
      const { layer, inputs } = objectOf(call, "a call");
      return { layer: Number(layer), inputs: listOf(inputs ?? null, "inputs").map(Number) };
    }),
    outputs: listOf(outputs ?? null, "outputs").map(Number),
  };
}
