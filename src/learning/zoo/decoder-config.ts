// A decoder from what transformers writes into config.json: GPT-2, Llama and its relatives. What a model of these does not do
// is refused by name.

import { SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import type { Model } from "#learning/train/model.ts";
import { gpt2 } from "./gpt2.ts";
import { llama, type LlamaOptions } from "./llama.ts";
import type { RopeScaling } from "./rotary-frequencies.ts";

type Json = Readonly<Record<string, unknown>>;

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

const makers: Readonly<Record<string, (config: Json, sizes: DecoderSizes) => NamedDecoder>> = {
  gpt2: (config, sizes) => ({ model: gpt2Of(config, sizes), prefix: "transformer.", isTransposed: false }),
  llama: (config, sizes) => llamaOf(config, { ...sizes, attentionBias: flag(config, "attention_bias") }),
  mistral: (config, sizes) => llamaOf(config, sizes),
  qwen2: (config, sizes) => llamaOf(config, { ...sizes, attentionBias: "inputs" }),
};

/**
 * The decoder, with random weights.
 * @param config the object of the config.json
 * @throws format for a model_type that is not known, or an option that is not supported
 */
export function decoderOf(config: unknown, sizes: DecoderSizes = {}): NamedDecoder {
  if (!isRecord(config)) throw wrong("it is no object");
  const { model_type: type } = config;
  const known = Object.keys(makers);
  const make = typeof type === "string" && known.includes(type) ? makers[type] : undefined;
  if (make === undefined) {
    throw new SinterError(
      "format",
      `config.json: model_type ${JSON.stringify(type ?? null)} is not known here. Give a model of ${known.join(", ")}.`,
      { modelType: type },
    );
  }
  return make(config, sizes);
}

function gpt2Of(config: Json, sizes: DecoderSizes): Model {
  require(config, "activation_function", ["gelu_new", "gelu_pytorch_tanh"], "gelu_new");
  require(config, "tie_word_embeddings", [true], true);
  require(config, "scale_attn_weights", [true], true);
  require(config, "scale_attn_by_inverse_layer_idx", [false], false);
  const contextLength = count(config, "n_positions", 1024);
  const hiddenSize = count(config, "n_embd", 768);
  return gpt2({
    ...sizes,
    vocabSize: count(config, "vocab_size", 50257),
    contextLength,
    hiddenSize,
    numLayers: count(config, "n_layer", 12),
    numHeads: count(config, "n_head", 12),
    intermediateSize: count(config, "n_inner", 4 * hiddenSize),
    dropout: amount(config, "resid_pdrop", 0.1),
    epsilon: amount(config, "layer_norm_epsilon", 1e-5),
  });
}

function llamaOf(config: Json, own: DecoderSizes & Pick<LlamaOptions, "attentionBias">): NamedDecoder {
  require(config, "hidden_act", ["silu"], "silu");
  require(config, "mlp_bias", [false], false);
  require(config, "use_sliding_window", [false], false);
  const contextLength = count(config, "max_position_embeddings", 2048);
  const window =
    config["use_sliding_window"] === false ? contextLength : count(config, "sliding_window", contextLength);
  if (window < contextLength) throw unsupported("sliding_window", window);
  const numHeads = count(config, "num_attention_heads", 32);
  const hiddenSize = count(config, "hidden_size", 4096);
  const rope = isRecord(config["rope_parameters"]) ? config["rope_parameters"] : config;
  const ropeScaling = scalingOf(isRecord(config["rope_scaling"]) ? config["rope_scaling"] : rope, contextLength);
  const model = llama({
    ...own,
    vocabSize: count(config, "vocab_size", 32000),
    contextLength,
    hiddenSize,
    numLayers: count(config, "num_hidden_layers", 32),
    numHeads,
    numKeyValueHeads: count(config, "num_key_value_heads", numHeads),
    headDim: count(config, "head_dim", hiddenSize / numHeads),
    intermediateSize: count(config, "intermediate_size", 11008),
    epsilon: amount(config, "rms_norm_eps", 1e-6),
    ropeTheta: amount(rope, "rope_theta", 10000),
    ...(ropeScaling === undefined ? {} : { ropeScaling }),
    tieWeights: flag(config, "tie_word_embeddings"),
  });
  return { model, prefix: "model.", isTransposed: true };
}

function scalingOf(rope: Json, contextLength: number): RopeScaling | undefined {
  const type = rope["rope_type"] ?? rope["type"] ?? "default";
  if (type === "default") return undefined;
  const factor = amount(rope, "factor", 1);
  if (type === "linear") return { kind: "linear", factor };
  if (type !== "llama3") throw unsupported("rope_type", type);
  return {
    kind: "llama3",
    factor,
    lowFrequencyFactor: amount(rope, "low_freq_factor", 1),
    highFrequencyFactor: amount(rope, "high_freq_factor", 4),
    originalContextLength: count(rope, "original_max_position_embeddings", contextLength),
  };
}

/** A number by name; null counts as left out. @throws format */
function amount(config: Json, name: string, standard: number): number {
  const value = config[name] ?? standard;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw wrong(`${name} is ${JSON.stringify(value)}, no number`);
}

function count(config: Json, name: string, standard: number): number {
  const value = amount(config, name, standard);
  if (Number.isInteger(value) && value > 0 && value <= 2 ** 31) return value;
  throw wrong(`${name} is ${value}, no whole number of at least 1`);
}

function flag(config: Json, name: string): boolean {
  return config[name] === true;
}

function require(config: Json, name: string, right: readonly unknown[], standard: unknown): void {
  const value = config[name] ?? standard;
  if (!right.includes(value)) throw unsupported(name, value);
}

function unsupported(name: string, value: unknown): SinterError {
  return new SinterError(
    "format",
    `config.json: ${name} ${JSON.stringify(value)} is not supported. Give another model.`,
    {
      name,
      value,
    },
  );
}

function wrong(what: string): SinterError {
  return new SinterError("format", `config.json: ${what}. Give the config.json of a transformers model.`);
}
