// T5's weights and options from a folder of Hugging Face's transformers: config.json and model.safetensors.

import { checkOptions } from "#engine/base/options.ts";
import { Model } from "#learning/train/model.ts";
import { t5HeadOptions, t5Network, type T5Config, type T5Head } from "./t5.ts";
import {
  activationIn,
  readTransformersConfig,
  readTransformersWeights,
  type TransformersConfig,
} from "./transformers-folder.ts";

export interface LoadT5Options extends T5Head {
  readonly name?: string;
}

/**
 * A T5 with the weights of a folder as transformers writes it, of T5 or T5 1.1: config.json beside model.safetensors (in one file
 * or several) or pytorch_model.bin.
 * @throws file when something is not there; format when it is damaged or another architecture
 * @source Hugging Face transformers, T5ForConditionalGeneration.from_pretrained
 */
export async function loadT5(folder: string, options: LoadT5Options = {}): Promise<Model> {
  checkOptions("loadT5", options, [...t5HeadOptions, "name"]);
  const { name = "t5", ...head } = options;
  const network = t5Network({ ...t5ConfigOf(await readTransformersConfig(folder)), ...head });
  const model = new Model(network, { name });
  const weights = await readTransformersWeights(folder, network, {
    nameOf: t5WeightName,
    prefixes: [""],
    isOptional: () => false,
  });
  model.setWeights(weights);
  return model;
}

/** The options of a config.json. @throws format for another architecture */
function t5ConfigOf(config: TransformersConfig): T5Config {
  config.expectType(["t5"]);
  const feedForward = config.text("feed_forward_proj", "relu");
  const name = feedForward.replace("gated-", "");
  const tieWeights = config.flag("tie_word_embeddings", true);
  const numLayers = config.number("num_layers", 6);
  return {
    vocabSize: config.number("vocab_size", 32128),
    hiddenSize: config.number("d_model", 512),
    keyDim: config.number("d_kv", 64),
    intermediateSize: config.number("d_ff", 2048),
    numLayers,
    numDecoderLayers: config.number("num_decoder_layers", numLayers),
    numHeads: config.number("num_heads", 8),
    numBuckets: config.number("relative_attention_num_buckets", 32),
    maxDistance: config.number("relative_attention_max_distance", 128),
    // A gated gelu is the approximate one, whatever the file calls it.
    hiddenActivation: activationIn("feed_forward_proj", feedForward === "gated-gelu" ? "gelu_new" : name),
    gated: feedForward.startsWith("gated-"),
    tieWeights,
    scaleOutputs: config.flag("scale_decoder_outputs", tieWeights),
    epsilon: config.number("layer_norm_epsilon", 1e-6),
    dropout: config.number("dropout_rate", 0.1),
  };
}

const parts: Readonly<Record<string, string>> = { query: "q", key: "k", value: "v", attentionOutput: "o" };

/** The name that transformers gives a weight. @param path `encoder_0_attention/query/kernel` */
export function t5WeightName(path: string): string {
  const [layer = "", own = ""] = path.split("/");
  if (layer === "shared") return own === "embeddings" ? "shared.weight" : "lm_head.weight";
  const [, stack = "", rest = ""] = /^(encoder|decoder)_(.+)$/u.exec(layer) ?? [];
  if (rest === "norm") return `${stack}.final_layer_norm.weight`;
  if (rest === "relative_bias") return `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`;
  const [, number = "", kind = "", part = ""] = /^(\d+)_(attention|cross|dense)_?(.*)$/u.exec(rest) ?? [];
  const place = kind === "attention" ? 0 : kind === "cross" ? 1 : stack === "encoder" ? 1 : 2;
  const block = `${stack}.block.${number}.layer.${place}`;
  if (part === "norm") return `${block}.layer_norm.weight`;
  if (kind === "dense") return `${block}.DenseReluDense.${part}.weight`;
  return `${block}.${kind === "cross" ? "EncDecAttention" : "SelfAttention"}.${parts[own] ?? ""}.weight`;
}
