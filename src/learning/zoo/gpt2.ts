// GPT-2 (Radford et al., Language models are unsupervised multitask learners, 2019). Layers are named as transformers names
// them, so that its files fit.

import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { initializers, type Initializer } from "#learning/nn/initializers.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { checkHeads } from "./heads.ts";

export interface Gpt2Options {
  /** Tokens that there are; 50257. */
  readonly vocabSize?: number;
  /** Places that the table of positions holds; 1024. */
  readonly contextLength?: number;
  /** Places of a sample when the model learns or predicts; contextLength. `nextLogits` reads texts of any length up to that. */
  readonly inputLength?: number;
  /** 768 */
  readonly hiddenSize?: number;
  /** 12 */
  readonly numLayers?: number;
  /** 12, a divisor of hiddenSize. */
  readonly numHeads?: number;
  /** Features between the two layers of a block's network; 4 · hiddenSize. */
  readonly intermediateSize?: number;
  /** Share that is left out when training, of embeddings, attention weights and what a block adds; 0.1. */
  readonly dropout?: number;
  /** Of the layer normalizations; 1e-5. */
  readonly epsilon?: number;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

const optionNames = ["vocabSize", "contextLength", "inputLength", "hiddenSize", "numLayers", "numHeads"].concat([
  "intermediateSize",
  "dropout",
  "epsilon",
  "name",
  "seed",
]);

interface Config {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly dropout: number;
  readonly epsilon: number;
}

/**
 * GPT-2 with random weights: 124,439,808 of them. Whole numbers [time] give logits of the next token [time, vocabSize]; the
 * head is the table of tokens. Learn with `losses.sparseCategoricalCrossentropy({ fromLogits: true })`; write with `nextLogits`.
 * @throws option
 * @source transformers 5, GPT2LMHeadModel
 * @example
 * const small = gpt2({ vocabSize: 256, contextLength: 64, hiddenSize: 32, numLayers: 2, numHeads: 4 });
 */
export function gpt2(options: Gpt2Options = {}): Model {
  checkOptions("gpt2", options, optionNames);
  const { vocabSize = 50257, contextLength = 1024, inputLength = contextLength } = options;
  const config = configOf(options);
  const { hiddenSize, epsilon } = config;
  const embeddingsInitializer = normal(0.02);
  const tokens = layers.reversibleEmbedding({
    inputDim: vocabSize,
    outputDim: hiddenSize,
    embeddingsInitializer,
    name: "wte",
  });
  const positions = layers.positionEmbedding({ sequenceLength: contextLength, initializer: normal(0.01), name: "wpe" });
  const ids = layers.input({ shape: [inputLength], dtype: "i32", name: "ids" });
  const vectors = tokens.apply(ids); // [time, hiddenSize]
  let x = dropped(sum(vectors, positions.apply(vectors), "embedded"), config, "drop");
  for (let index = 0; index < config.numLayers; index += 1) x = block(x, config, `h.${index}`);
  const logits = tokens.apply(layers.layerNormalization({ epsilon, name: "ln_f" }).apply(x)); // [time, vocabSize]
  return model({ inputs: ids, outputs: logits, name: options.name ?? "gpt2", seed: options.seed ?? 0 });
}

function configOf(options: Gpt2Options): Config {
  const hiddenSize = integer("gpt2", "hiddenSize", options.hiddenSize ?? 768);
  const config = {
    hiddenSize,
    numLayers: integer("gpt2", "numLayers", options.numLayers ?? 12),
    numHeads: integer("gpt2", "numHeads", options.numHeads ?? 12),
    intermediateSize: integer("gpt2", "intermediateSize", options.intermediateSize ?? 4 * hiddenSize),
    dropout: numberWithin("gpt2", "dropout", options.dropout ?? 0.1, 0, 1),
    epsilon: numberWithin("gpt2", "epsilon", options.epsilon ?? 1e-5, 0),
  };
  checkHeads("gpt2", config);
  return config;
}

function block(x: SymbolicTensor, config: Config, name: string): SymbolicTensor {
  const { hiddenSize, numLayers, numHeads, intermediateSize, dropout, epsilon } = config;
  const dense = (from: SymbolicTensor, units: number, own: string, stddev = 0.02): SymbolicTensor =>
    layers.dense({ units, kernelInitializer: normal(stddev), name: `${name}.${own}` }).apply(from);
  const normalized = (from: SymbolicTensor, own: string): SymbolicTensor =>
    layers.layerNormalization({ epsilon, name: `${name}.${own}` }).apply(from);
  // What is added up in all blocks keeps its size.
  const small = 0.02 / Math.sqrt(2 * numLayers);
  const projections = dense(normalized(x, "ln_1"), 3 * hiddenSize, "attn.c_attn"); // [time, 3 · hiddenSize]
  const attended = layers.causalAttention({ numHeads, dropout, name: `${name}.attn` }).apply(projections);
  x = sum(
    x,
    dropped(dense(attended, hiddenSize, "attn.c_proj", small), config, `${name}.attn.drop`),
    `${name}.attended`,
  );
  const hidden = dense(normalized(x, "ln_2"), intermediateSize, "mlp.c_fc");
  const bent = layers
    .activation({ activation: { kind: "gelu", approximate: true }, name: `${name}.mlp.act` })
    .apply(hidden);
  const change = dropped(dense(bent, hiddenSize, "mlp.c_proj", small), config, `${name}.mlp.drop`);
  return sum(x, change, `${name}.out`); // [time, hiddenSize]
}

function dropped(x: SymbolicTensor, { dropout: rate }: Config, name: string): SymbolicTensor {
  return rate === 0 ? x : layers.dropout({ rate, name }).apply(x);
}

function sum(x: SymbolicTensor, change: SymbolicTensor, name: string): SymbolicTensor {
  return layers.add({ name }).apply([x, change]);
}

function normal(stddev: number): Initializer {
  return initializers.randomNormal({ mean: 0, stddev });
}
