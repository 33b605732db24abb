// Layers that begin a sequence: vectors of numbered words, and which places of a sequence count.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { sameShape, shapeText, type Shape } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import {
  makeLayer,
  single,
  weightOf,
  type Layer,
  type LayerOptions,
  type LayerResult,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface EmbeddingOptions extends LayerOptions {
  /** Number of words: numbers from 0 to inputDim - 1 come in. */
  readonly inputDim: number;
  /** Length of each word's vector. */
  readonly outputDim: number;
  readonly embeddingsInitializer?: InitializerName | Initializer;
  readonly embeddingsRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly embeddingsConstraint?: ConstraintName | Constraint | null | undefined;
  /** Whether word 0 only fills up: later layers then pass over its places. */
  readonly maskZero?: boolean;
  /** What the vectors are at first, [inputDim, outputDim]: those of words that were trained before. Not kept in the options. */
  readonly weights?: Tensor | readonly [Tensor] | undefined;
}

/**
 * The vector of each word: row x of the weight. A number outside takes the nearest word's.
 * Weights: embeddings [inputDim, outputDim]. Input: integers of any dtype, or f32 that is rounded towards 0.
 * @throws option for a name or a value that is none; shape for weights of another shape
 * @source Keras 3, layers.Embedding
 */
export function embedding(options: EmbeddingOptions): Layer {
  const kind = "embedding";
  const config = checkEmbedding(kind, options);
  return makeLayer({
    kind,
    className: "Embedding",
    options,
    known: [...Object.keys(config), "weights"],
    config: withoutUndefined(config),
    weights: () => [embeddingsSpec(kind, config, options.weights)],
    outputTypes: (inputs, label) => [{ shape: [...single(inputs, label).shape, config.outputDim], dtype: "f32" }],
    call: (weights, inputs) => looked(weights, single(inputs, kind), config.maskZero),
  });
}

type EmbeddingConfig = {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly embeddingsInitializer: Initializer;
  readonly embeddingsRegularizer: Regularizer | undefined;
  readonly embeddingsConstraint: Constraint | undefined;
  readonly maskZero: boolean;
};

function checkEmbedding(kind: string, options: Omit<EmbeddingOptions, "weights">): EmbeddingConfig {
  const { embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint } = options;
  return {
    inputDim: integer(kind, "inputDim", options.inputDim),
    outputDim: integer(kind, "outputDim", options.outputDim),
    embeddingsInitializer: initializer(kind, "embeddingsInitializer", embeddingsInitializer, "randomUniform"),
    embeddingsRegularizer: regularizer(kind, "embeddingsRegularizer", embeddingsRegularizer),
    embeddingsConstraint: constraint(kind, "embeddingsConstraint", embeddingsConstraint),
    maskZero: options.maskZero ?? false,
  };
}

function embeddingsSpec(kind: string, config: EmbeddingConfig, value?: Tensor | readonly [Tensor]): WeightSpec {
  const shape = [config.inputDim, config.outputDim];
  const [first] = value === undefined ? [] : isTensor(value) ? [value] : value;
  if (first !== undefined && !sameShape(first.shape, shape)) {
    throw new SinterError(
      "shape",
      `${kind}: weights ${shapeText(first.shape)}. Give ${shapeText(shape)}: [inputDim, outputDim].`,
      { came: first.shape, expected: shape },
    );
  }
  return {
    name: "embeddings",
    shape,
    initializer: config.embeddingsInitializer,
    regularizer: config.embeddingsRegularizer,
    constraint: config.embeddingsConstraint,
    value: first,
    trainable: true,
  };
}

function looked(weights: Weights, x: Tensor, maskZero: boolean): LayerResult {
  return { outputs: [weightOf(weights, "embeddings").take(x)], masks: maskZero ? [x.notEqual(0)] : undefined };
}

export interface ReversibleEmbeddingOptions extends Omit<EmbeddingOptions, "weights"> {
  /** Whether the way back is a product with the same weight; else it has one of its own. `true` by default. */
  readonly tieWeights?: boolean;
  /** Bounds what the way back gives: cap · tanh(x / cap); unbounded where it is left out. */
  readonly logitSoftCap?: number | null | undefined;
}

/**
 * An embedding that also goes back: integers give the words' vectors; f32 [..., outputDim] gives x · embeddingsᵀ
 * [..., inputDim], a number for each word. Where Keras says `reverse`, the dtype says it here.
 * Weights: embeddings [inputDim, outputDim]; reverseEmbeddings [outputDim, inputDim] without tieWeights.
 * Cost of the way back: 2 · inputDim · outputDim flops a place.
 * @throws option for a name or a value that is none; shape for f32 that are no vectors of this layer
 * @source Press and Wolf 2016; Keras 3, layers.ReversibleEmbedding
 * @example
 * const words = layers.input({ shape: [10], dtype: "i32" });
 * const embedding = layers.reversibleEmbedding({ inputDim: 100, outputDim: 16 });
 * const logits = embedding.apply(embedding.apply(words)); // [batch, 10, 100]
 */
export function reversibleEmbedding(options: ReversibleEmbeddingOptions): Layer {
  const kind = "reversibleEmbedding";
  const { tieWeights = true, logitSoftCap: cap } = options;
  const logitSoftCap = cap === undefined || cap === null ? undefined : numberWithin(kind, "logitSoftCap", cap, 0);
  const config = checkEmbedding(kind, options);
  const { inputDim, outputDim, embeddingsInitializer: initial } = config;
  const back = { name: "reverseEmbeddings", shape: [outputDim, inputDim], initializer: initial, trainable: true };
  return makeLayer({
    kind,
    className: "ReversibleEmbedding",
    options,
    known: [...Object.keys(config), "tieWeights", "logitSoftCap"],
    config: withoutUndefined({ ...config, tieWeights, logitSoftCap }),
    weights: () => [embeddingsSpec(kind, config), ...(tieWeights ? [] : [back])],
    outputTypes: (inputs, label) => {
      const input = single(inputs, label);
      if (input.dtype !== "f32") return [{ shape: [...input.shape, outputDim], dtype: "f32" }];
      checkVectors(input.shape, outputDim, label);
      return [{ shape: [...input.shape.slice(0, -1), inputDim], dtype: "f32" }];
    },
    call: (weights, inputs) => {
      const x = single(inputs, kind);
      if (x.dtype !== "f32") return looked(weights, x, config.maskZero);
      const kernel = tieWeights ? weightOf(weights, "embeddings").transpose() : weightOf(weights, "reverseEmbeddings");
      const logits = x.matMul(kernel);
      return { outputs: [logitSoftCap === undefined ? logits : logits.div(logitSoftCap).tanh().mul(logitSoftCap)] };
    },
  });
}

/** @throws shape */
function checkVectors(shape: Shape, outputDim: number, label: string): void {
  if (shape.at(-1) === outputDim) return;
  throw new SinterError(
    "shape",
    `${label}: f32 ${shapeText(shape)} are no vectors of ${outputDim} numbers. Give these to go back, or words as integers: ` +
      'layers.input({ shape, dtype: "i32" }).',
    { shape, outputDim },
  );
}

export interface MaskingOptions extends LayerOptions {
  /** What all features of a place are where it does not count. */
  readonly maskValue?: number;
}

/**
 * Marks the places of a sequence whose features are all `maskValue`: they become 0, and later layers pass over them.
 * @source Keras 3, layers.Masking
 */
export function masking(options: MaskingOptions = {}): Layer {
  const kind = "masking";
  const maskValue = numberWithin(kind, "maskValue", options.maskValue ?? 0);
  return makeLayer({
    kind,
    className: "Masking",
    options,
    known: ["maskValue"],
    config: { maskValue },
    outputTypes: (inputs, label) => {
      const { shape, dtype } = single(inputs, label);
      if (shape.length > 0) return [{ shape, dtype: dtype === "f32" ? "f32" : "i32" }];
      throw new SinterError("shape", `${label}: input has no axis of features. Give [batch, time, features].`, {
        shape,
      });
    },
    call: (_weights, inputs) => {
      const x = single(inputs, kind);
      const counts = x.notEqual(maskValue).max(-1).cast("bool"); // [batch, time]
      return { outputs: [where(counts.expandDims(-1), x, 0)], masks: [counts] };
    },
  });
}
