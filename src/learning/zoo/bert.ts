// BERT (Devlin et al., BERT: Pre-training of deep bidirectional Transformers, 2018): an encoder of texts, of sinter's layers.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import { checkActivation, type Activation } from "#learning/nn/activations.ts";
import { functionalNetwork } from "#learning/nn/functional.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Network } from "#learning/nn/network.ts";
import { operationFrom } from "#learning/nn/operations/operation.ts";
import { Model } from "#learning/train/model.ts";

/** What a BERT is: the names of transformers' BertConfig in camelCase where they are not Keras's. */
export interface BertConfig {
  /** Words; 30522. */
  readonly vocabSize?: number;
  /** Features of a place; 768. */
  readonly hiddenSize?: number;
  /** 12. */
  readonly numLayers?: number;
  /** Of attention; a divisor of hiddenSize. 12. */
  readonly numHeads?: number;
  /** Units between the two dense layers of a block; 3072. */
  readonly intermediateSize?: number;
  /** Places of the longest text; 512. */
  readonly maxPositions?: number;
  /** Kinds of segments; 2. */
  readonly typeVocabSize?: number;
  /** Between the two dense layers; "gelu", the exact one. */
  readonly hiddenActivation?: Activation;
  /** 1e-12. */
  readonly layerNormEpsilon?: number;
  /** Share of values that training leaves out; 0.1. */
  readonly dropout?: number;
  /** Share of attention weights that training leaves out; 0.1. */
  readonly attentionDropout?: number;
}

/** What comes out. */
export interface BertHead {
  /** Tokens of each text, padding counted; maxPositions by default. */
  readonly sequenceLength?: number;
  /** Whether a second input says to which segment each token belongs; else all belong to the first. */
  readonly tokenTypes?: boolean;
  /**
   * One vector a text in place of two outputs: "mean" of its tokens' (padding left out), that of its first token ("cls"), or
   * this one after a dense layer with tanh ("pooler").
   */
  readonly pooling?: BertPooling;
  /** A classifier with so many classes on the pooled vector ("pooler" by default). */
  readonly classes?: number;
  /** Of the classifier; "softmax". */
  readonly classifierActivation?: Activation;
}

export type BertPooling = "mean" | "cls" | "pooler";

export interface BertOptions extends BertConfig, BertHead {
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/** Options of each kind by name. */
export const bertConfigOptions: readonly (keyof BertConfig)[] = [
  "vocabSize",
  "hiddenSize",
  "numLayers",
  "numHeads",
  "intermediateSize",
  "maxPositions",
  "typeVocabSize",
  "hiddenActivation",
  "layerNormEpsilon",
  "dropout",
  "attentionDropout",
];

export const bertHeadOptions: readonly (keyof BertHead)[] = [
  "sequenceLength",
  "tokenTypes",
  "pooling",
  "classes",
  "classifierActivation",
];

/**
 * BERT with random weights: 109,482,240 as published (base, uncased). Its input are numbers of tokens, i32 [batch,
 * sequenceLength], padded with 0: places of 0 are passed over. It gives the last hidden states [batch, sequenceLength,
 * hiddenSize] and the pooler's vector [batch, hiddenSize] (`predictAll`); with `pooling` one vector a text, with `classes`
 * the probabilities of classes (`predict`, `fit`). A hidden state of a place of padding means nothing.
 * @throws option
 * @source Hugging Face transformers, BertModel
 * @example
 * const net = bert({ vocabSize: 1000, hiddenSize: 64, numLayers: 2, numHeads: 4, intermediateSize: 128, classes: 2, sequenceLength: 32 });
 */
export function bert(options: BertOptions = {}): Model {
  checkOptions("bert", options, [...bertConfigOptions, ...bertHeadOptions, "name", "seed"]);
  const { name = "bert", seed = 0, ...rest } = options;
  return new Model(bertNetwork(rest), { name, seed });
}

type Checked = Required<BertConfig>;

function checkConfig(options: BertConfig): Checked {
  const whole = (name: keyof BertConfig, value: number): number => integer("bert", name, value);
  const hiddenSize = whole("hiddenSize", options.hiddenSize ?? 768);
  const numHeads = whole("numHeads", options.numHeads ?? 12);
  if (hiddenSize % numHeads !== 0) {
    throw new SinterError(
      "option",
      `bert: ${hiddenSize} features make no ${numHeads} equal heads. Make numHeads a divisor of hiddenSize.`,
      { hiddenSize, numHeads },
    );
  }
  const { hiddenActivation = "gelu" } = options;
  checkActivation("bert", hiddenActivation);
  return {
    vocabSize: whole("vocabSize", options.vocabSize ?? 30522),
    hiddenSize,
    numLayers: whole("numLayers", options.numLayers ?? 12),
    numHeads,
    intermediateSize: whole("intermediateSize", options.intermediateSize ?? 3072),
    maxPositions: whole("maxPositions", options.maxPositions ?? 512),
    typeVocabSize: whole("typeVocabSize", options.typeVocabSize ?? 2),
    hiddenActivation,
    layerNormEpsilon: numberWithin("bert", "layerNormEpsilon", options.layerNormEpsilon ?? 1e-12, 0),
    dropout: numberWithin("bert", "dropout", options.dropout ?? 0.1, 0, 1),
    attentionDropout: numberWithin("bert", "attentionDropout", options.attentionDropout ?? 0.1, 0, 1),
  };
}

/** Layers and weights of a BERT without values; those of another sequenceLength have the same weights. @throws option */
export function bertNetwork(options: BertConfig & BertHead): Network {
  const config = checkConfig(options);
  const { maxPositions, hiddenSize } = config;
  const { sequenceLength: length = maxPositions, tokenTypes = false, classes } = options;
  integer("bert", "sequenceLength", length);
  if (length > maxPositions) {
    throw new SinterError(
      "option",
      `bert: sequenceLength ${length}, but there are ${maxPositions} positions. Cut the texts to ${maxPositions} tokens.`,
      { sequenceLength: length, maxPositions },
    );
  }
  const pooling = options.pooling ?? (classes === undefined ? undefined : "pooler");
  const ids = layers.input({ shape: [length], dtype: "i32", name: "input_ids" });
  const types = tokenTypes ? layers.input({ shape: [length], dtype: "i32", name: "token_type_ids" }) : undefined;
  let x = embedded(ids, types, config); // [length, hiddenSize]
  for (let number = 0; number < config.numLayers; number += 1) x = block(x, `layer_${number}`, config);
  const inputs = types === undefined ? [ids] : [ids, types];
  if (pooling === undefined) return functionalNetwork(inputs, [x, pooled(x, "pooler", hiddenSize)]);
  const vector = pooled(x, choice("bert", "pooling", pooling, ["mean", "cls", "pooler"]), hiddenSize); // [hiddenSize]
  if (classes === undefined) return functionalNetwork(inputs, [vector]);
  const { classifierActivation: activation = "softmax" } = options;
  const units = integer("bert", "classes", classes);
  const end = layers.dense({ units, activation, kernelInitializer: initial, name: "classifier" });
  return functionalNetwork(inputs, [end.apply(dropped(vector, "classifier_dropout", config))]);
}

/** As the original's weights begin. */
const initial = { kind: "truncatedNormal", mean: 0, stddev: 0.02 } as const;

/** The sum of what word, place and segment have learnt. */
function embedded(ids: SymbolicTensor, types: SymbolicTensor | undefined, config: Checked): SymbolicTensor {
  const { vocabSize, hiddenSize: outputDim, maxPositions, typeVocabSize } = config;
  const common = { outputDim, embeddingsInitializer: initial };
  const words = layers
    .embedding({ ...common, inputDim: vocabSize, maskZero: true, name: "word_embeddings" })
    .apply(ids);
  const places = layers.positionEmbedding({
    sequenceLength: maxPositions,
    initializer: initial,
    name: "position_embeddings",
  });
  const segments = layers.embedding({ ...common, inputDim: typeVocabSize, name: "token_type_embeddings" });
  const ofFirst = types ?? zerosLike(ids);
  const sum = layers.add({ name: "embeddings" }).apply([words, places.apply(words), segments.apply(ofFirst)]);
  return dropped(normalized(sum, "embeddings_norm", config), "embeddings_dropout", config);
}

function zerosLike(ids: SymbolicTensor): SymbolicTensor {
  const input = { kind: "input", place: 0 };
  return operationFrom({ operation: "ZerosLike", arguments: [input], name: "first_segment" }).apply(ids);
}

/** Attention over the whole text, then two dense layers; what each gives is added to what came, and normalized. */
function block(x: SymbolicTensor, name: string, config: Checked): SymbolicTensor {
  const { hiddenSize, numHeads, attentionDropout: dropout, intermediateSize, hiddenActivation: activation } = config;
  const attention = layers.multiHeadAttention({
    numHeads,
    keyDim: hiddenSize / numHeads,
    dropout,
    kernelInitializer: initial,
    name: `${name}_attention`,
  });
  const attended = joined(x, attention.apply(x), `${name}_attention`, config);
  const dense = (units: number, part: string) =>
    layers.dense({
      units,
      kernelInitializer: initial,
      name: `${name}_${part}`,
      ...(part === "intermediate" ? { activation } : {}),
    });
  const wide = dense(intermediateSize, "intermediate").apply(attended); // [length, intermediateSize]
  return joined(attended, dense(hiddenSize, "output").apply(wide), `${name}_output`, config);
}

function joined(x: SymbolicTensor, change: SymbolicTensor, name: string, config: Checked): SymbolicTensor {
  const sum = layers.add({ name: `${name}_add` }).apply([x, dropped(change, `${name}_dropout`, config)]);
  return normalized(sum, `${name}_norm`, config);
}

function normalized(x: SymbolicTensor, name: string, { layerNormEpsilon: epsilon }: Checked): SymbolicTensor {
  return layers.layerNormalization({ epsilon, name }).apply(x);
}

function dropped(x: SymbolicTensor, name: string, { dropout: rate }: Checked): SymbolicTensor {
  return rate === 0 ? x : layers.dropout({ rate, name }).apply(x);
}

/** One vector of [length, hiddenSize]. */
function pooled(x: SymbolicTensor, pooling: BertPooling, hiddenSize: number): SymbolicTensor {
  if (pooling === "mean") return layers.globalAveragePooling1d({ name: "mean_pooling" }).apply(x);
  const [length = 1] = x.type.shape;
  const first = layers.cropping1d({ cropping: [0, length - 1], name: "first_token" }).apply(x); // [1, hiddenSize]
  const vector = layers.reshape({ targetShape: [hiddenSize], name: "cls" }).apply(first);
  if (pooling === "cls") return vector;
  const dense = { units: hiddenSize, activation: "tanh", kernelInitializer: initial, name: "pooler" } as const;
  return layers.dense(dense).apply(vector);
}
