// A decoder from what transformers writes into config.json: GPT-2, Llama and its relatives. What a model of these does not do
// is refused by name.

import type { Model } from "#learning/train/model.ts";
import { gpt2 } from "./gpt2.ts";
import { llama, type LlamaOptions } from "./llama.ts";
import type { RopeScaling } from "./rotary-frequencies.ts";
import type { TransformersConfig } from "./transformers-folder.ts";

/** What a config.json does not say. */
export interface DecoderSizes {
  /** Tokens of a sample when the model learns or predicts; all of its context by default. */
  readonly inputLength?: number;
}

/** A model of a config.json, and how its files name and lay out weights. */
export interface NamedDecoder {
  readonly model: Model;
  /** What stands before the names of weights, or may be left out. */
  readonly prefix: string;
  /** Whether kernels are stored as [outputs, inputs]. */
  readonly isTransposed: boolean;
}

const makers: Readonly<Record<string, (config: TransformersConfig, sizes: DecoderSizes) => NamedDecoder>> = {
  gpt2: (config, sizes) => ({ model: gpt2Of(config, sizes), prefix: "transformer.", isTransposed: false }),
  llama: (config, sizes) => llamaOf(config, { ...sizes, attentionBias: config.flag("attention_bias", false) }),
  mistral: (config, sizes) => llamaOf(config, sizes),
  qwen2: (config, sizes) => llamaOf(config, { ...sizes, attentionBias: "inputs" }),
};

/**
 * The decoder, with random weights.
 * @throws format for a model_type that is not known, or an option that is not supported
 */
export function decoderOf(config: TransformersConfig, sizes: DecoderSizes = {}): NamedDecoder {
  const known = Object.keys(makers);
  config.expectType(known);
  const make = makers[config.text("model_type", "")];
  if (make === undefined) throw config.unsupported("model_type", config.value("model_type"));
  return make(config, sizes);
}

function gpt2Of(config: TransformersConfig, sizes: DecoderSizes): Model {
  config.require("activation_function", ["gelu_new", "gelu_pytorch_tanh"], "gelu_new");
  config.require("tie_word_embeddings", [true], true);
  config.require("scale_attn_weights", [true], true);
  config.require("scale_attn_by_inverse_layer_idx", [false], false);
  const contextLength = config.count("n_positions", 1024);
  const hiddenSize = config.count("n_embd", 768);
  return gpt2({
    ...sizes,
    vocabSize: config.count("vocab_size", 50257),
    contextLength,
    hiddenSize,
    numLayers: config.count("n_layer", 12),
    numHeads: config.count("n_head", 12),
    intermediateSize: config.count("n_inner", 4 * hiddenSize),
    dropout: config.number("resid_pdrop", 0.1),
    epsilon: config.number("layer_norm_epsilon", 1e-5),
  });
}

function llamaOf(config: TransformersConfig, own: DecoderSizes & Pick<LlamaOptions, "attentionBias">): NamedDecoder {
  config.require("hidden_act", ["silu"], "silu");
  config.require("mlp_bias", [false], false);
  config.require("use_sliding_window", [false], false);
  const contextLength = config.count("max_position_embeddings", 2048);
  const window =
    config.value("use_sliding_window") === false ? contextLength : config.count("sliding_window", contextLength);
  if (window < contextLength) throw config.unsupported("sliding_window", window);
  const numHeads = config.count("num_attention_heads", 32);
  const hiddenSize = config.count("hidden_size", 4096);
  const rope = config.inner("rope_parameters") ?? config;
  const ropeScaling = scalingOf(config.inner("rope_scaling") ?? rope, contextLength);
  const model = llama({
    ...own,
    vocabSize: config.count("vocab_size", 32000),
    contextLength,
    hiddenSize,
    numLayers: config.count("num_hidden_layers", 32),
    numHeads,
    numKeyValueHeads: config.count("num_key_value_heads", numHeads),
    headDim: config.count("head_dim", hiddenSize / numHeads),
    intermediateSize: config.count("intermediate_size", 11008),
    epsilon: config.number("rms_norm_eps", 1e-6),
    ropeTheta: rope.number("rope_theta", 10000),
    ...(ropeScaling === undefined ? {} : { ropeScaling }),
    tieWeights: config.flag("tie_word_embeddings", false),
  });
  return { model, prefix: "model.", isTransposed: true };
}

function scalingOf(rope: TransformersConfig, contextLength: number): RopeScaling | undefined {
  const type = rope.value("rope_type") ?? rope.value("type") ?? "default";
  if (type === "default") return undefined;
  const factor = rope.number("factor", 1);
  if (type === "linear") return { kind: "linear", factor };
  if (type !== "llama3") throw rope.unsupported("rope_type", type);
  return {
    kind: "llama3",
    factor,
    lowFrequencyFactor: rope.number("low_freq_factor", 1),
    highFrequencyFactor: rope.number("high_freq_factor", 4),
    originalContextLength: rope.count("original_max_position_embeddings", contextLength),
  };
}
