// Layers-models of TensorFlow.js: the configuration of a Keras network and its weights, as sinter describes them.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { field as fieldOf, isList, isObject, parseJson as parseKeras, textOf as kerasText } from "../keras/json.ts";
import { readPlan } from "../keras/network-config.ts";
import type { Described, ModelDescription } from "../model-json.ts";
import type { StoredTensor } from "../safetensors.ts";
import { type Field, isMissing, member, parseJson } from "./json.ts";
import { placeWeights } from "./layer-weights.ts";
import { readManifest } from "./manifest.ts";
import { decodeGroups } from "./weights.ts";

/** What a file cannot say itself. */
export interface TfjsOptions {
  /** Shape of one sample, where the file leaves sizes open. */
  readonly inputShape?: readonly number[] | undefined;
  /** Classes of layers for which there are makers. */
  readonly customLayers?: Iterable<string>;
}

/** A model as sinter's own files hold it. */
export interface DecodedModel {
  readonly description: ModelDescription;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Whether JSON is that of a model, and of which kind; undefined for what is none. */
export function kindOfTfjs(root: Field): "layers" | "graph" | undefined {
  if (!isObjectField(root)) return undefined;
  const topology = member(root, "modelTopology");
  if (!isObjectField(topology)) return undefined;
  if (!isMissing(member(topology, "node"))) return "graph";
  return isMissing(member(topology, "model_config")) && isMissing(member(topology, "config")) ? undefined : "layers";
}

function isObjectField({ value }: Field): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The model of a model.json and its shards.
 * @param bytes of model.json
 * @param shards bytes by the names that the manifest gives them
 * @throws format where a file is damaged, a class is not known, a weight is missing
 */
export function decodeLayersModel(
  bytes: Uint8Array,
  shards: ReadonlyMap<string, Uint8Array>,
  options: TfjsOptions = {},
): DecodedModel {
  const root = parseJson(bytes, "model.json");
  if (kindOfTfjs(root) !== "layers") {
    throw new SinterError("format", "model.json: no layers-model of TensorFlow.js. Read a graph-model with loadGraph.");
  }
  const { className, config, version } = topologyOf(member(root, "modelTopology"));
  const context = { custom: new Set(options.customLayers), inputShape: options.inputShape, version };
  const { name, layers, graph } = readPlan(className, config, context);
  const described = layers.map(olderActivations);
  const { tensors } = decodeGroups(readManifest(root), shards);
  return {
    description: { name, layers: described, ...(graph === undefined ? {} : { graph }), preprocessing: {} },
    tensors: placeWeights(described, tensors),
  };
}

/** Files of Keras hold the configuration in `model_config`, those of TensorFlow.js are it. */
function topologyOf({ value, path }: Field): { className: string; config: ConfigValue; version: string } {
  const topology = parseKeras(JSON.stringify(value), path);
  const inner = fieldOf(topology, "model_config");
  const model =
    typeof inner === "string" ? parseKeras(inner, `${path}: model_config`) : isObject(inner) ? inner : topology;
  const version = fieldOf(topology, "keras_version") ?? fieldOf(model, "keras_version");
  return {
    className: kerasText(fieldOf(model, "class_name"), `${path}: class_name`),
    config: fieldOf(model, "config"),
    version: typeof version === "string" ? version : "2",
  };
}

/** Until Keras 3 a hard sigmoid rose by a fifth, not a sixth; these files are older. */
function olderActivations(layer: Described): Described {
  return {
    kind: layer.kind,
    options: Object.fromEntries(Object.entries(layer.options).map(([name, value]) => [name, older(name, value)])),
  };
}

function older(name: string, value: ConfigValue): ConfigValue {
  if (/ctivation$/.test(name) && value === "hardSigmoid") return { kind: "hardSigmoid", slope: 0.2 };
  if (isList(value)) return value.map((item) => older("", item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, older(key, item)]));
}
