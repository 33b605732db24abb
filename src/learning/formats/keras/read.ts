// Keras's model files as sinter describes models: .keras of Keras 3, .h5 of Keras 1 to 3.

import type { ConfigValue } from "#engine/base/options.ts";
import { readArchive, type Archive } from "#learning/formats/archive.ts";
import { looksLikeHdf5, readHdf5, type Hdf5Group } from "#learning/formats/hdf5/read.ts";
import type { Described, DescribedGraph, ModelDescription } from "#learning/formats/model-json.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { badKeras, field, isObject, objectOf, parseJson, textOf, type JsonObject } from "./json.ts";
import { policyName, type ReadContext } from "./layer-config.ts";
import { networkClasses } from "./names.ts";
import { readPlan, type ReadNetwork } from "./network-config.ts";
import { readOldState, readState, type ReadState, type TrainedWeight } from "./optimizer-state.ts";
import { find, readWeights, type WeightPlan } from "./stored-weights.ts";
import { readTraining, type DescribedTraining } from "./training-config.ts";
import { layerGroups, layerName, weightSlots } from "./weight-slots.ts";

/** What reading may be told. */
export interface ReadKerasOptions {
  /** Classes that the user gives makers for. */
  readonly custom?: ReadonlySet<string>;
  /** Of one sample, for files that leave sizes open. */
  readonly inputShape?: readonly number[] | undefined;
  /** Whether the model is to be compiled as it was; default true. */
  readonly compile?: boolean;
}

/** A model as the rest of sinter reads it from any file. */
export interface DescribedModel {
  readonly description: ModelDescription;
  /** By path; what an optimizer keeps is below `optimizer/`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const limits = { maxEntries: 4096 } as const;
const configName = "config.json";
const weightsName = "model.weights.h5";

/**
 * The model in a .keras file.
 * @throws format for classes that are not read, code, and what is damaged
 * @source Keras 3, saving/saving_lib.py
 */
export function readKerasFile(bytes: Uint8Array, options: ReadKerasOptions = {}): DescribedModel {
  const archive = readArchive(bytes, limits);
  const config = jsonOf(archive, configName);
  const metadata = archive.has("metadata.json") ? jsonOf(archive, "metadata.json") : {};
  const weights = archive.get(weightsName);
  if (weights === undefined) throw badKeras(`the file has no ${weightsName}`, 'Save it by model.save("name.keras").');
  const plan = planOf(config, contextOf(options, textOr(field(metadata, "keras_version"), "3")));
  return withWeights(withVocabularies(plan, archive), readHdf5(weights.read()), {
    training: options.compile === false ? undefined : field(config, "compile_config"),
    custom: options.custom,
    readState,
  });
}

/** A vocabulary that was learnt from data lies in a file of its own, a number a line. */
function withVocabularies<Plan extends ReadNetwork>(plan: Plan, archive: Archive): Plan {
  const groups = layerGroups(plan.layers, plan.graph === undefined, "assets/layers");
  const layers = plan.layers.map((layer) => {
    const at = groups.find((group) => group.layer === layer)?.at ?? "";
    const file = layer.kind === "integerLookup" ? archive.get(`${at}/vocabulary.txt`) : undefined;
    if (file === undefined || layer.options["vocabulary"] !== undefined) return layer;
    const vocabulary = new TextDecoder().decode(file.read()).split("\n").map(Number);
    if (!vocabulary.every(Number.isInteger)) throw badKeras(`${at}/vocabulary.txt holds what is no integer`);
    return { kind: layer.kind, options: { ...layer.options, vocabulary } };
  });
  return { ...plan, layers };
}

function jsonOf(archive: Archive, name: string): JsonObject {
  const entry = archive.get(name);
  if (entry === undefined) throw badKeras(`the file has no ${name}`, 'Save it by model.save("name.keras").');
  return parseJson(new TextDecoder().decode(entry.read()), name);
}

function contextOf({ custom = new Set(), inputShape }: ReadKerasOptions, version: string): ReadContext {
  return { custom, inputShape, version };
}

function textOr(value: ConfigValue, other: string): string {
  return typeof value === "string" ? value : other;
}

/** The network of a model's configuration. @throws format for a class of the user's own */
export function planOf(config: JsonObject, context: ReadContext): ReadNetwork & { readonly config: JsonObject } {
  const className = textOf(field(config, "class_name"), "the model's class_name");
  if (!networkClasses.has(className)) {
    throw badKeras(
      `the model is of class ${JSON.stringify(className)}, which is code of its own`,
      "Save a Sequential or functional model.",
    );
  }
  return { ...readPlan(className, field(config, "config"), context), config };
}

/** The model in an .h5 file with its configuration. @throws format for a file of weights alone */
export function readH5File(bytes: Uint8Array, options: ReadKerasOptions = {}): DescribedModel {
  if (!looksLikeHdf5(bytes)) throw badKeras("the file is no HDF5");
  const root = readHdf5(bytes);
  const config = attributeText(root, "model_config");
  if (config === undefined) {
    throw badKeras("the file holds weights and no model", "Make the model, then model.loadWeights(path).");
  }
  const context = contextOf(options, attributeText(root, "keras_version") ?? "1");
  const plan = planOf(parseJson(config, "model_config"), context);
  const training = options.compile === false ? undefined : attributeText(root, "training_config");
  const weights = find(root, "model_weights");
  if (weights?.kind !== "group") throw badKeras("the file has no model_weights");
  return withWeights(plan, weights, {
    training: training === undefined ? undefined : parseJson(training, "training_config"),
    custom: options.custom,
    readState: (_weights, optimizer, trained) => readOldState(root, optimizer, trained),
  });
}

/** The one text of an attribute. */
export function attributeText(group: Hdf5Group, name: string): string | undefined {
  const values = group.attributes.get(name)?.();
  return values?.kind === "texts" ? values.texts[0] : undefined;
}

interface Compiled {
  readonly training: ConfigValue;
  readonly custom: ReadonlySet<string> | undefined;
  readonly readState: (weights: Hdf5Group, optimizer: Described, trained: readonly TrainedWeight[]) => ReadState;
}

function withWeights(
  { name, layers, graph, config }: ReadNetwork & { readonly config: JsonObject },
  weights: Hdf5Group,
  { training: compileConfig, readState, custom = new Set() }: Compiled,
): DescribedModel {
  const isSequential = graph === undefined;
  const tensors = readWeights(weights, { layers, isSequential, custom }, true);
  const description = { name, layers, ...(graph === undefined ? {} : { graph }), preprocessing: {} };
  const training = readTraining(compileConfig, outputNames(layers, graph));
  if (training === undefined) return { description, tensors };
  const { iterations, tensors: state } = readState(weights, training.optimizer, trainedWeights(layers, tensors));
  const kept = [...state].map(([path, value]): [string, StoredTensor] => [`optimizer/${path}`, value]);
  return {
    description: { ...description, training: { ...training, ...precision(config), iterations } },
    tensors: new Map([...tensors, ...kept]),
  };
}

/** The weights that are trained, in Keras's order. */
export function trainedWeights(
  layers: readonly Described[],
  tensors: ReadonlyMap<string, StoredTensor>,
): TrainedWeight[] {
  return layers.flatMap((layer) =>
    weightSlots(layer).flatMap(({ name, trainable }) => {
      const path = `${layerName(layer)}/${name}`;
      return trainable ? [{ path, shape: tensors.get(path)?.shape ?? [] }] : [];
    }),
  );
}

/** Names of the outputs: of the layers that give them, numbered where one gives several. */
export function outputNames(layers: readonly Described[], graph: DescribedGraph | undefined): string[] {
  const last = layers.at(-1);
  if (graph === undefined) return last === undefined ? [] : [layerName(last)];
  const givers = graph.calls.flatMap(({ layer, values = 1 }) => Array.from({ length: values }, () => layers[layer]));
  const taken = new Set(layers.map(layerName));
  const seen = new Set<string>();
  return graph.outputs.map((value) => {
    const giver = givers[value];
    const name = giver === undefined ? "" : layerName(giver);
    let own = name;
    for (let number = 1; seen.has(own) || (own !== name && taken.has(own)); number += 1) own = `${name}_${number}`;
    seen.add(own);
    return own;
  });
}

/** A policy of 16 bits among the layers is one of the whole model here. */
function precision(config: JsonObject): Pick<DescribedTraining, "mixedPrecision"> {
  const layers = field(objectOf(field(config, "config") ?? {}, "config"), "layers");
  const policies = (Array.isArray(layers) ? layers : []).map((layer: ConfigValue) => {
    const own = isObject(layer) ? field(layer, "config") : undefined;
    return isObject(own) ? policyName(field(own, "dtype")) : "";
  });
  if (policies.includes("mixed_bfloat16")) return { mixedPrecision: "bf16" };
  return policies.includes("mixed_float16") ? { mixedPrecision: "f16" } : {};
}

/** The weights of a network in a file of Keras's: .weights.h5, .h5 of any version, or .keras. @throws format */
export function readWeightsFile(bytes: Uint8Array, plan: WeightPlan): ReadonlyMap<string, StoredTensor> {
  const archive = looksLikeHdf5(bytes) ? undefined : readArchive(bytes, limits).get(weightsName);
  const root = readHdf5(archive === undefined ? bytes : archive.read());
  const inner = find(root, "model_weights");
  return readWeights(inner?.kind === "group" ? inner : root, plan, false);
}
