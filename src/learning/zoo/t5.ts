// T5 (Raffel et al., Exploring the limits of transfer learning with a unified text-to-text Transformer, 2019): a text is read by an
// encoder and another written by a decoder.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import { tensor } from "#engine/tensor/create.ts";
import { checkActivation, type Activation } from "#learning/nn/activations.ts";
import { functionalNetwork } from "#learning/nn/functional.ts";
import type { Layer, SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import type { Network } from "#learning/nn/network.ts";
import { Model } from "#learning/train/model.ts";
import { t5Attention, t5RelativeBias } from "./t5-attention.ts";

/** What a T5 is: the names of transformers' T5Config in camelCase where they are not Keras's. */
export interface T5Config {
  /** 32128. */
  readonly vocabSize?: number;
  /** Features of a place (d_model); 512. */
  readonly hiddenSize?: number;
  /** Features of a head (d_kv); 64. */
  readonly keyDim?: number;
  /** Units between the two dense layers of a block (d_ff); 2048. */
  readonly intermediateSize?: number;
  /** Of the encoder; 6. */
  readonly numLayers?: number;
  /** As many as the encoder's by default. */
  readonly numDecoderLayers?: number;
  /** 8. */
  readonly numHeads?: number;
  /** Of distances; 32. */
  readonly numBuckets?: number;
  /** Distances from here on share a bucket; 128. */
  readonly maxDistance?: number;
  /** Between the two dense layers; "relu". */
  readonly hiddenActivation?: Activation;
  /** Whether what the activation gives is multiplied by another product (T5 1.1: with "gelu", approximate); false. */
  readonly gated?: boolean;
  /** Whether logits are products with the words' vectors; true. */
  readonly tieWeights?: boolean;
  /** Whether the decoder's last states are divided by √hiddenSize first; as tieWeights by default. */
  readonly scaleOutputs?: boolean;
  /** 1e-6. */
  readonly epsilon?: number;
  /** Share of values and attention weights that training leaves out; 0.1. */
  readonly dropout?: number;
}

export interface T5Head {
  /** Tokens of each text that is read, padding counted; 512. */
  readonly sequenceLength?: number;
  /** Tokens of each text that is written; as sequenceLength by default. */
  readonly targetLength?: number;
  /** Whether logits come out; true. Without: the decoder's last hidden states, and the encoder's. */
  readonly includeTop?: boolean;
}

export interface T5Options extends T5Config, T5Head {
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

const configOptions: readonly (keyof T5Config)[] = [
  "vocabSize",
  "hiddenSize",
  "keyDim",
  "intermediateSize",
  "numLayers",
  "numDecoderLayers",
  "numHeads",
  "numBuckets",
  "maxDistance",
  "hiddenActivation",
  "gated",
  "tieWeights",
  "scaleOutputs",
  "epsilon",
  "dropout",
];
export const t5HeadOptions: readonly (keyof T5Head)[] = ["sequenceLength", "targetLength", "includeTop"];

/**
 * T5 with random weights: 60,506,624 as published (small). Inputs: `input_ids`, i32 [batch, sequenceLength], padded with 0, which
 * is passed over; `decoder_input_ids`, i32 [batch, targetLength]: the text to write moved by one, a 0 first. Output: logits
 * [batch, targetLength, vocabSize], of the token that follows each.
 * @throws option
 * @source Hugging Face transformers, T5ForConditionalGeneration
 * @example
 * const net = t5({ vocabSize: 100, hiddenSize: 32, keyDim: 16, numHeads: 2, numLayers: 2, intermediateSize: 64, sequenceLength: 12 });
 * net.compile({ optimizer: "adam", loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }) });
 */
export function t5(options: T5Options = {}): Model {
  checkOptions("t5", options, [...configOptions, ...t5HeadOptions, "name", "seed"]);
  const { name = "t5", seed = 0, ...rest } = options;
  return new Model(t5Network(rest), { name, seed });
}

type Checked = Required<T5Config>;

function checkConfig(options: T5Config): Checked {
  const whole = (name: keyof T5Config, standard: number, least = 1): number =>
    integer("t5", name, options[name] ?? standard, least);
  const { hiddenActivation = "relu", gated = false, tieWeights = true, scaleOutputs = tieWeights } = options;
  checkActivation("t5", hiddenActivation);
  const numLayers = whole("numLayers", 6);
  const numBuckets = whole("numBuckets", 32, 4);
  return {
    vocabSize: whole("vocabSize", 32128),
    hiddenSize: whole("hiddenSize", 512),
    keyDim: whole("keyDim", 64),
    intermediateSize: whole("intermediateSize", 2048),
    numLayers,
    numDecoderLayers: whole("numDecoderLayers", numLayers),
    numHeads: whole("numHeads", 8),
    numBuckets,
    maxDistance: whole("maxDistance", 128, numBuckets),
    hiddenActivation,
    gated,
    tieWeights,
    scaleOutputs,
    epsilon: numberWithin("t5", "epsilon", options.epsilon ?? 1e-6, 0),
    dropout: numberWithin("t5", "dropout", options.dropout ?? 0.1, 0, 1),
  };
}

/** Layers and weights of a T5 without values. @throws option */
export function t5Network(options: T5Config & T5Head): Network {
  const config = checkConfig(options);
  const { sequenceLength = 512, targetLength = sequenceLength, includeTop = true } = options;
  const input = (name: string, length: number) => layers.input({ shape: [length], dtype: "i32", name });
  const ids = input("input_ids", integer("t5", "sequenceLength", sequenceLength));
  const targets = input("decoder_input_ids", integer("t5", "targetLength", targetLength));
  const words = layers.reversibleEmbedding({
    inputDim: config.vocabSize,
    outputDim: config.hiddenSize,
    tieWeights: config.tieWeights,
    embeddingsInitializer: { kind: "randomNormal", mean: 0, stddev: 1 },
    name: "shared",
  });
  const memory = stack("encoder", words.apply(ids), config, { ids }); // [sequenceLength, hiddenSize]
  const last = stack("decoder", words.apply(targets), config, { ids, memory }); // [targetLength, hiddenSize]
  if (!includeTop) return functionalNetwork([ids, targets], [last, memory]);
  const scaling = layers.rescaling({ scale: config.hiddenSize ** -0.5, name: "decoder_scale" });
  return functionalNetwork([ids, targets], [words.apply(config.scaleOutputs ? scaling.apply(last) : last)]);
}

/** What the blocks look at beside their own text. */
interface Seen {
  /** Numbers of the read text's tokens. */
  readonly ids: SymbolicTensor;
  /** What the encoder gave; the decoder's alone. */
  readonly memory?: SymbolicTensor;
}

/** Blocks one after another; each part adds to what came what it makes of that, normalized. */
function stack(name: string, words: SymbolicTensor, config: Checked, { ids, memory }: Seen): SymbolicTensor {
  const { numHeads, numBuckets, maxDistance, hiddenSize, keyDim, dropout } = config;
  const isDecoder = memory !== undefined;
  const attention = (part: string, causal: boolean, hasIds: boolean): Layer =>
    t5Attention({ numHeads, keyDim, causal, hasIds, dropout, name: part });
  let x = dropped(words, `${name}_dropout`, config);
  const bias = t5RelativeBias({
    numHeads,
    numBuckets,
    maxDistance,
    bidirectional: !isDecoder,
    stddev: hiddenSize ** -0.5,
    name: `${name}_relative_bias`,
  }).apply(x); // [heads, time, time]
  for (let number = 0; number < (isDecoder ? config.numDecoderLayers : config.numLayers); number += 1) {
    const block = `${name}_${number}`;
    x = added(x, `${block}_attention`, config, (y, part) =>
      attention(part, isDecoder, !isDecoder).apply(isDecoder ? [y, y, bias] : [y, y, bias, ids]),
    );
    if (isDecoder) {
      x = added(x, `${block}_cross`, config, (y, part) => attention(part, false, true).apply([y, memory, ids]));
    }
    x = added(x, `${block}_dense`, config, (y, part) => feedForward(y, part, config));
  }
  return dropped(normalized(x, `${name}_norm`, config), `${name}_norm_dropout`, config);
}

function added(
  x: SymbolicTensor,
  name: string,
  config: Checked,
  change: (y: SymbolicTensor, name: string) => SymbolicTensor,
): SymbolicTensor {
  const changed = change(normalized(x, `${name}_norm`, config), name);
  return layers.add({ name: `${name}_add` }).apply([x, dropped(changed, `${name}_dropout`, config)]);
}

function feedForward(x: SymbolicTensor, name: string, config: Checked): SymbolicTensor {
  const { intermediateSize, hiddenSize, hiddenActivation, gated } = config;
  const dense = (units: number, part: string, inputs: number, activation?: Activation): Layer =>
    layers.dense({
      units,
      useBias: false,
      kernelInitializer: { kind: "randomNormal", mean: 0, stddev: inputs ** -0.5 },
      name: `${name}_${part}`,
      ...(activation === undefined ? {} : { activation }),
    });
  const wide = dense(intermediateSize, gated ? "wi_0" : "wi", hiddenSize, hiddenActivation).apply(x);
  const gate = gated ? dense(intermediateSize, "wi_1", hiddenSize).apply(x) : undefined;
  const mixed = gate === undefined ? wide : layers.multiply({ name: `${name}_gate` }).apply([wide, gate]);
  const kept = dropped(mixed, `${name}_wide_dropout`, config); // [time, intermediateSize]
  return dense(hiddenSize, "wo", intermediateSize).apply(kept);
}

function normalized(x: SymbolicTensor, name: string, { epsilon }: Checked): SymbolicTensor {
  return layers.rmsNormalization({ epsilon, name }).apply(x);
}

function dropped(x: SymbolicTensor, name: string, { dropout: rate }: Checked): SymbolicTensor {
  return rate === 0 ? x : layers.dropout({ rate, name }).apply(x);
}

/**
 * What a T5 writes next, for `generateTokens` and `beamSearch`: these begin with `[0]` and end with the token 1.
 * @param net of `t5` or `loadT5`, with its logits
 * @param ids tokens of the text to read; the model's sequenceLength at most
 * @throws shape for a text that is too long, or where a sequence becomes longer than targetLength
 * @example
 * const step = t5NextLogits(net, words.encode("translate English to German: good morning").ids.data);
 * for await (const id of generateTokens(step, [0], { temperature: 0, maxNewTokens: 20, endId: 1 })) console.log(id);
 */
export function t5NextLogits(
  net: Model,
  ids: ArrayLike<number>,
): (sequences: readonly ArrayLike<number>[]) => Promise<Float32Array[]> {
  const [sequenceLength = 0, targetLength = 0] = net.network.inputs.map(({ shape }) => shape[0] ?? 0);
  return async (sequences) => {
    const rows = (given: readonly ArrayLike<number>[], length: number) => {
      const values = new Int32Array(given.length * length);
      for (const [row, one] of given.entries()) values.set(fitting(one, length), row * length);
      return tensor(values, { shape: [given.length, length] });
    };
    const read = rows(
      sequences.map(() => ids),
      sequenceLength,
    );
    const output = await net.predictOnBatch([read, rows(sequences, targetLength)]);
    const values = Float32Array.from(await output.data());
    output.dispose();
    const width = values.length / (sequences.length * targetLength);
    return sequences.map((one, row) => {
      const start = (row * targetLength + one.length - 1) * width;
      return values.subarray(start, start + width);
    });
  };
}

function fitting(ids: ArrayLike<number>, length: number): ArrayLike<number> {
  if (ids.length <= length) return ids;
  throw new SinterError(
    "shape",
    `t5: ${ids.length} tokens, but the model takes ${length}. Make it with a longer length.`,
    {
      came: ids.length,
      length,
    },
  );
}
