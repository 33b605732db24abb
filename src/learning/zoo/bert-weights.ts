// BERT's weights and options from a folder of Hugging Face's transformers: config.json and model.safetensors.

import { BugError, SinterError } from "#engine/base/error.ts";
import { checkOptions, type ConfigValue } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import type { Weights } from "#learning/nn/layer.ts";
import type { Network } from "#learning/nn/network.ts";
import { allWeights } from "#learning/train/model-core.ts";
import { Model } from "#learning/train/model.ts";
import { bertHeadOptions, bertNetwork, type BertConfig, type BertHead } from "./bert.ts";
import {
  activationIn,
  activationNameOf,
  classNamesIn,
  readTransformersConfig,
  readTransformersWeights,
  storedAsThere,
  type TransformersConfig,
} from "./transformers-folder.ts";

export interface LoadBertOptions extends BertHead {
  readonly name?: string;
  /** Of the weights that the folder has not: a new classifier's. */
  readonly seed?: number;
}

/**
 * A BERT with the weights of a folder as transformers and sentence-transformers write it: config.json beside
 * model.safetensors (in one file or several) or pytorch_model.bin. With `classes` and no classifier in the folder, as many
 * or none, it begins with random weights, to be fine-tuned; what else the folder lacks is an error. The folder of a
 * BertForSequenceClassification gives its classifier, with the names of its classes.
 * @param folder or a file of the weights, beside which config.json lies
 * @throws file when something is not there; format when it is damaged or another architecture
 * @source Hugging Face transformers, BertModel.from_pretrained
 * @example
 * const net = await loadBert("bert-base-uncased", { classes: 2, sequenceLength: 64 });
 */
export async function loadBert(folder: string, options: LoadBertOptions = {}): Promise<Model> {
  checkOptions("loadBert", options, [...bertHeadOptions, "name", "seed"]);
  const { name = "bert", seed = 0, ...given } = options;
  const file = await readTransformersConfig(folder);
  const names = classNamesIn(file);
  const head = names !== undefined && given.pooling === undefined ? { classes: names.length, ...given } : given;
  const network = bertNetwork({ ...bertConfigOf(file), ...head });
  const model = new Model(network, { name, seed });
  model.setWeights(await readBertWeights(folder, network));
  if (names !== undefined && head.classes === names.length) model.preprocessing = { classNames: names };
  return model;
}

/** The weights of a folder by path, all but a classifier that it has not. @throws file, format */
export async function readBertWeights(folder: string, network: Network): Promise<Weights> {
  return readTransformersWeights(folder, network, {
    nameOf: bertWeightName,
    prefixes: ["", "bert."],
    isOptional: (path) => path.startsWith("classifier/"),
  });
}

/** The options of a config.json. @throws format for another architecture, or a BERT that is none of these */
export function bertConfigOf(config: TransformersConfig): Required<BertConfig> {
  config.expectType(["bert"]);
  const padding = config.number("pad_token_id", 0);
  const positions = config.text("position_embedding_type", "absolute");
  if (padding !== 0) throw refused(`pads with token ${padding}`, "expected 0");
  if (positions !== "absolute") throw refused(`has ${positions} positions`, "expected absolute ones");
  if (config.flag("is_decoder", false)) throw refused("is a decoder", "expected an encoder");
  return {
    vocabSize: config.number("vocab_size", 30522),
    hiddenSize: config.number("hidden_size", 768),
    numLayers: config.number("num_hidden_layers", 12),
    numHeads: config.number("num_attention_heads", 12),
    intermediateSize: config.number("intermediate_size", 3072),
    maxPositions: config.number("max_position_embeddings", 512),
    typeVocabSize: config.number("type_vocab_size", 2),
    hiddenActivation: activationIn("hidden_act", config.text("hidden_act", "gelu")),
    layerNormEpsilon: config.number("layer_norm_eps", 1e-12),
    dropout: config.number("hidden_dropout_prob", 0.1),
    attentionDropout: config.number("attention_probs_dropout_prob", 0.1),
  };
}

function refused(what: string, expected: string): SinterError {
  return new SinterError("format", `loadBert: the model ${what}, ${expected}. Use another folder.`);
}

/**
 * Writes a BERT as transformers writes it: config.json and model.safetensors, f32. A classifier goes with it, as
 * BertForSequenceClassification has it, with the names of its classes. The tokenizer's files belong beside them.
 * @throws option for a model that is no BERT; file
 * @source Hugging Face transformers, PreTrainedModel.save_pretrained
 */
export async function saveBert(net: Model, folder: string): Promise<void> {
  const { network } = net;
  const hasClassifier = network.layers.some(({ name }) => name === "classifier");
  const config = describedConfig(network, hasClassifier ? (net.preprocessing.classNames ?? []) : undefined);
  const values = allWeights(net.core);
  const stored = network.weights.map(async ({ path }): Promise<[string, StoredTensor]> => {
    const name = bertWeightName(path);
    const value = values[path];
    if (value === undefined) throw new BugError(`saveBert: ${path} has no value.`);
    return [hasClassifier && !path.startsWith("classifier/") ? `bert.${name}` : name, await storedAsThere(path, value)];
  });
  const { files } = platform();
  const tensors = await Promise.all(stored);
  await files.makeFolder(folder);
  await files.writeAtomically(files.from(folder, "model.safetensors"), encodeSafetensors(tensors, { format: "pt" }));
  await files.writeAtomically(files.from(folder, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
}

/** config.json of a network that `bert` made. @param classNames of its classifier, where it has one */
function describedConfig(network: Network, classNames: readonly string[] | undefined): Record<string, unknown> {
  const options = (name: string): Readonly<Record<string, ConfigValue>> | undefined =>
    network.layers.find((placed) => placed.name === name)?.layer.config.options;
  const [words, places, segments] = ["word", "position", "token_type"].map((name) => options(`${name}_embeddings`));
  const [attention, intermediate] = [options("layer_0_attention"), options("layer_0_intermediate")];
  if (words === undefined || attention === undefined || intermediate === undefined) {
    throw new SinterError("option", "saveBert: the model has no layers of a BERT. Give what bert or loadBert made.");
  }
  const numClasses = Number(options("classifier")?.["units"] ?? 0);
  const names = Array.from({ length: numClasses }, (_, place) => classNames?.[place] ?? `LABEL_${place}`);
  const labels = {
    id2label: Object.fromEntries(names.map((name, place) => [place, name])),
    label2id: Object.fromEntries(names.map((name, place) => [name, place])),
  };
  return {
    architectures: [classNames === undefined ? "BertModel" : "BertForSequenceClassification"],
    model_type: "bert",
    vocab_size: words["inputDim"],
    hidden_size: words["outputDim"],
    num_hidden_layers: network.layers.filter(({ name }) => /^layer_\d+_attention$/u.test(name)).length,
    num_attention_heads: attention["numHeads"],
    intermediate_size: intermediate["units"],
    max_position_embeddings: places?.["sequenceLength"],
    type_vocab_size: segments?.["inputDim"],
    hidden_act: activationNameOf(intermediate["activation"]),
    layer_norm_eps: options("embeddings_norm")?.["epsilon"],
    hidden_dropout_prob: options("embeddings_dropout")?.["rate"] ?? 0,
    attention_probs_dropout_prob: attention["dropout"],
    pad_token_id: 0,
    ...(classNames === undefined ? {} : labels),
  };
}

const roots: Readonly<Record<string, string>> = {
  word_embeddings: "embeddings.word_embeddings",
  position_embeddings: "embeddings.position_embeddings",
  token_type_embeddings: "embeddings.token_type_embeddings",
  embeddings_norm: "embeddings.LayerNorm",
  pooler: "pooler.dense",
  classifier: "classifier",
};

const parts: Readonly<Record<string, string>> = {
  attention_norm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  output_norm: "output.LayerNorm",
};

/** The name that transformers gives a weight. @param path `layer_0_attention/query/kernel` */
export function bertWeightName(path: string): string {
  const [layer = "", ...rest] = path.split("/");
  const kind = rest.at(-1) === "bias" || rest.at(-1) === "beta" ? "bias" : "weight";
  const root = roots[layer];
  if (root !== undefined) return `${root}.${kind}`;
  const [, number = "", part = ""] = /^layer_(\d+)_(.+)$/u.exec(layer) ?? [];
  const [head = ""] = rest;
  const place = head === "attentionOutput" ? "attention.output.dense" : `attention.self.${head}`;
  return `encoder.layer.${number}.${part === "attention" ? place : (parts[part] ?? "")}.${kind}`;
}
