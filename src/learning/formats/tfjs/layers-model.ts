// Layers-models of TensorFlow.js: the configuration of a Keras network and its weights, as sinter describes them.

import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { field as fieldOf, isList, isObject, type JsonObject, parseJson as parseKeras } from "../keras/json.ts";
import { outputNames, planOf, type DescribedModel } from "../keras/read.ts";
import { readTraining } from "../keras/training-config.ts";
import { decodeModelJson, type Described, type ModelDescription } from "../model-json.ts";
import { type Field, isMissing, member, parseJson } from "./json.ts";
import { placeWeights } from "./layer-weights.ts";
import { readManifest } from "./manifest.ts";
import { readTeachable } from "./teachable.ts";
import { decodeGroups } from "./weights.ts";

/** What a file cannot say itself. */
export interface TfjsOptions {
  /** Shape of one sample, where the file leaves sizes open. */
  readonly inputShape?: readonly number[] | undefined;
  /** Classes of layers for which there are makers. */
  readonly custom?: ReadonlySet<string>;
  /** Whether the model is to be compiled as it was; default true. */
  readonly compile?: boolean;
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
 * The model of a model.json, its shards and, in a project of Teachable Machine, its metadata.json.
 * @param files bytes by name: model.json, and what its manifest names
 * @throws format where a file is damaged, a class is not known, a weight is missing
 */
export function decodeLayersModel(files: ReadonlyMap<string, Uint8Array>, options: TfjsOptions = {}): DescribedModel {
  const root = parseJson(fileOf(files, "model.json"), "model.json");
  if (kindOfTfjs(root) !== "layers") {
    throw new SinterError(
      "format",
      "model.json: no layers-model of TensorFlow.js. A graph-model is loaded by loadTfjsGraph.",
    );
  }
  const { config, training, version } = topologyOf(member(root, "modelTopology"));
  const plan = planOf(config, { custom: options.custom ?? new Set(), inputShape: options.inputShape, version });
  const layers = plan.layers.map(olderActivations);
  const { tensors } = decodeGroups(readManifest(root), files);
  const metadata = files.get("metadata.json");
  const own = member(root, "trainingConfig").value;
  const compiled = isMissing(member(root, "trainingConfig"))
    ? training
    : parseKeras(JSON.stringify(own), "trainingConfig");
  const goals = options.compile === false ? undefined : readTraining(compiled, outputNames(layers, plan.graph));
  const description: ModelDescription = {
    name: plan.name,
    layers,
    ...(plan.graph === undefined ? {} : { graph: plan.graph }),
    ...(goals === undefined ? {} : { training: goals }),
    preprocessing: metadata === undefined ? preprocessingOf(root) : readTeachable(metadata),
  };
  return { description, tensors: placeWeights(layers, tensors) };
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes !== undefined) return bytes;
  throw new SinterError("format", `tfjs: ${name} is missing. Keep a model's files together.`, { name });
}

interface Topology {
  readonly config: JsonObject;
  readonly training: ConfigValue;
  readonly version: string;
}

/** Files of Keras hold the configuration in `model_config`, those of TensorFlow.js are it. */
function topologyOf({ value, path }: Field): Topology {
  const topology = parseKeras(JSON.stringify(value), path);
  const inner = fieldOf(topology, "model_config");
  const config =
    typeof inner === "string" ? parseKeras(inner, `${path}: model_config`) : isObject(inner) ? inner : topology;
  const version = fieldOf(topology, "keras_version") ?? fieldOf(config, "keras_version");
  return {
    config,
    training: fieldOf(topology, "training_config"),
    version: typeof version === "string" ? version : "2",
  };
}

/** What `encodeLayersModel` keeps of a model's pictures and classes. */
function preprocessingOf(root: Field): ModelDescription["preprocessing"] {
  const added = member(root, "userDefinedMetadata");
  const kept = isMissing(added) ? added : member(added, "preprocessing");
  if (isMissing(kept)) return {};
  const text = JSON.stringify({ format: "sinter-model", version: 1, name: "", layers: [], preprocessing: kept.value });
  return decodeModelJson(new TextEncoder().encode(text)).preprocessing;
}

/** Until Keras 3 a hard sigmoid rose by a fifth, not a sixth; these files are older. */
function olderActivations(layer: Described): Described {
  return {
    kind: layer.kind,
    options: Object.fromEntries(Object.entries(layer.options).map(([name, value]) => [name, older(name, value)])),
  };
}

function older(name: string, value: ConfigValue): ConfigValue {
  if (name.endsWith("ctivation") && value === "hardSigmoid") return { kind: "hardSigmoid", slope: 0.2 };
  if (isList(value)) return value.map((item) => older("", item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, older(key, item)]));
}
