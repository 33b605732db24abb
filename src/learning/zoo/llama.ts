// Llama (Touvron et al., LLaMA: open and efficient foundation language models, 2023): rotary positions, groups of heads, root
// mean square normalization, gated layers. Layers are named as transformers names them, so that its files fit.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { initializers } from "#learning/nn/initializers.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { checkHeads } from "./heads.ts";
import { rotaryFrequencies, type RopeScaling } from "./rotary-frequencies.ts";

export interface LlamaOptions {
  /** Tokens that there are; 32000. */
  readonly vocabSize?: number;
  /** The most places that a text may have; 2048. */
  readonly contextLength?: number;
  /** Places of a sample when the model learns or predicts; contextLength. `nextLogits` reads texts of any length up to that. */
  readonly inputLength?: number;
  /** 4096 */
  readonly hiddenSize?: number;
  /** 32 */
  readonly numLayers?: number;
  /** 32 */
  readonly numHeads?: number;
  /** Heads of keys and values, a divisor of numHeads; numHeads. */
  readonly numKeyValueHeads?: number;
  /** Features of a head, an even number; hiddenSize / numHeads. */
  readonly headDim?: number;
  /** Features inside a block's gated layers; 11008. */
  readonly intermediateSize?: number;
  /** Of the normalizations; 1e-6. */
  readonly epsilon?: number;
  /** The longest wave of rotary positions is about 2π · ropeTheta; 10000. */
  readonly ropeTheta?: number;
  /** How a model reads longer texts than it was first trained on. */
  readonly ropeScaling?: RopeScaling;
  /** Whether the head is the table of tokens; false. */
  readonly tieWeights?: boolean;
  /** Whether the projections of attention have biases; "inputs": those of queries, keys and values alone. false. */
  readonly attentionBias?: boolean | "inputs";
  /** Of the first weights' normal distribution; 0.02. */
  readonly initializerRange?: number;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

const optionNames = ["vocabSize", "contextLength", "inputLength", "hiddenSize", "numLayers", "numHeads"].concat(
  [
    "numKeyValueHeads",
    "headDim",
    "intermediateSize",
    "epsilon",
    "ropeTheta",
    "ropeScaling",
    "tieWeights",
    "attentionBias",
  ],
  ["initializerRange", "name", "seed"],
);

interface Config {
  readonly contextLength: number;
  readonly hiddenSize: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly epsilon: number;
  readonly frequencies: readonly number[];
  readonly attentionBias: boolean | "inputs";
  readonly stddev: number;
}

/**
 * A Llama-style decoder with random weights. Whole numbers [time] give logits of the next token [time, vocabSize]. Learn with
 * `losses.sparseCategoricalCrossentropy({ fromLogits: true })`; write with `nextLogits`.
 * @throws option
 * @source transformers 5, LlamaForCausalLM; Su et al. 2021, RoFormer; Shazeer 2020, GLU variants improve Transformer
 * @example
 * const small = llama({ vocabSize: 256, contextLength: 64, hiddenSize: 32, numLayers: 2, numHeads: 4, numKeyValueHeads: 2, intermediateSize: 64 });
 */
export function llama(options: LlamaOptions = {}): Model {
  checkOptions("llama", options, optionNames);
  const config = configOf(options);
  const { vocabSize = 32000, inputLength = config.contextLength, numLayers = 32, tieWeights = false } = options;
  integer("llama", "numLayers", numLayers);
  const initial = initializers.randomNormal({ mean: 0, stddev: config.stddev });
  const table = {
    inputDim: vocabSize,
    outputDim: config.hiddenSize,
    embeddingsInitializer: initial,
    name: "embed_tokens",
  };
  const tokens = tieWeights ? layers.reversibleEmbedding(table) : layers.embedding(table);
  const head = { units: vocabSize, useBias: false, kernelInitializer: initial, name: "lm_head" };
  const ids = layers.input({ shape: [inputLength], dtype: "i32", name: "ids" });
  let x = tokens.apply(ids); // [time, hiddenSize]
  for (let index = 0; index < numLayers; index += 1) x = block(x, config, `layers.${index}`);
  x = layers.rmsNormalization({ epsilon: config.epsilon, name: "norm" }).apply(x);
  const logits = (tieWeights ? tokens : layers.dense(head)).apply(x); // [time, vocabSize]
  return model({ inputs: ids, outputs: logits, name: options.name ?? "llama", seed: options.seed ?? 0 });
}

function configOf(options: LlamaOptions): Config {
  const hiddenSize = integer("llama", "hiddenSize", options.hiddenSize ?? 4096);
  const numHeads = integer("llama", "numHeads", options.numHeads ?? 32);
  if (options.headDim === undefined) checkHeads("llama", { hiddenSize, numHeads });
  const headDim = integer("llama", "headDim", options.headDim ?? hiddenSize / numHeads);
  if (headDim % 2 !== 0) {
    throw new SinterError("option", `llama: headDim is ${headDim}. Make it even: features turn in pairs.`, { headDim });
  }
  const theta = numberWithin("llama", "ropeTheta", options.ropeTheta ?? 10000, 1);
  return {
    contextLength: integer("llama", "contextLength", options.contextLength ?? 2048),
    hiddenSize,
    numHeads,
    headDim,
    numKeyValueHeads: integer("llama", "numKeyValueHeads", options.numKeyValueHeads ?? numHeads),
    intermediateSize: integer("llama", "intermediateSize", options.intermediateSize ?? 11008),
    epsilon: numberWithin("llama", "epsilon", options.epsilon ?? 1e-6, 0),
    frequencies: rotaryFrequencies(headDim, theta, options.ropeScaling),
    attentionBias: options.attentionBias ?? false,
    stddev: numberWithin("llama", "initializerRange", options.initializerRange ?? 0.02, 0),
  };
}

function block(x: SymbolicTensor, config: Config, name: string): SymbolicTensor {
  const { hiddenSize, numHeads, numKeyValueHeads, headDim, intermediateSize, attentionBias } = config;
  const kernelInitializer = initializers.randomNormal({ mean: 0, stddev: config.stddev });
  const dense = (from: SymbolicTensor, units: number, own: string, useBias = false): SymbolicTensor =>
    layers.dense({ units, useBias, kernelInitializer, name: `${name}.${own}` }).apply(from);
  const normalized = (from: SymbolicTensor, own: string): SymbolicTensor =>
    layers.rmsNormalization({ epsilon: config.epsilon, name: `${name}.${own}` }).apply(from);
  const sum = (change: SymbolicTensor, own: string): SymbolicTensor =>
    layers.add({ name: `${name}.${own}` }).apply([x, change]);

  const before = normalized(x, "input_layernorm"); // [time, hiddenSize]
  const hasBias = attentionBias !== false;
  const query = dense(before, numHeads * headDim, "self_attn.q_proj", hasBias);
  const key = dense(before, numKeyValueHeads * headDim, "self_attn.k_proj", hasBias);
  const value = dense(before, numKeyValueHeads * headDim, "self_attn.v_proj", hasBias);
  const heads = {
    numHeads,
    numKeyValueHeads,
    rotaryFrequencies: config.frequencies,
    contextLength: config.contextLength,
  };
  const attended = layers.causalAttention({ ...heads, name: `${name}.self_attn` }).apply([query, key, value]); // [time, numHeads · headDim]
  x = sum(dense(attended, hiddenSize, "self_attn.o_proj", attentionBias === true), "attended");

  const after = normalized(x, "post_attention_layernorm");
  const gate = dense(after, intermediateSize, "mlp.gate_proj"); // [time, intermediateSize]
  const opened = layers.activation({ activation: "silu", name: `${name}.mlp.act` }).apply(gate);
  const gated = layers
    .multiply({ name: `${name}.mlp.gated` })
    .apply([opened, dense(after, intermediateSize, "mlp.up_proj")]);
  return sum(dense(gated, hiddenSize, "mlp.down_proj"), "out");
}
