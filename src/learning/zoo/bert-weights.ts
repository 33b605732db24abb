// BERT's weights and options from a folder of Hugging Face's transformers: config.json and model.safetensors.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { Model } from "#learning/train/model.ts";
import { bertHeadOptions, bertNetwork, type BertConfig, type BertHead } from "./bert.ts";
import {
  activationIn,
  classNamesIn,
  readTransformersConfig,
  readTransformersWeights,
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
  const weights = await readTransformersWeights(folder, network, {
    nameOf: bertWeightName,
    prefixes: ["", "bert."],
    isOptional: (path) => path.startsWith("classifier/"),
  });
  model.setWeights(weights);
  if (names !== undefined && head.classes === names.length) model.preprocessing = { classNames: names };
  return model;
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
    hiddenActivation: activationIn(config, "hidden_act", "gelu"),
    layerNormEpsilon: config.number("layer_norm_eps", 1e-12),
    dropout: config.number("hidden_dropout_prob", 0.1),
    attentionDropout: config.number("attention_probs_dropout_prob", 0.1),
  };
}

function refused(what: string, expected: string): SinterError {
  return new SinterError("format", `loadBert: the model ${what}, ${expected}. Use another folder.`);
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
