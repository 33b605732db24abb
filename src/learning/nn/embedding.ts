// Layers that begin a sequence: vectors of numbered words, and which places of a sequence count.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import { where } from "#engine/tensor/math.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import { makeLayer, single, weightOf, type Layer, type LayerOptions } from "./layer.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

export interface EmbeddingOptions extends LayerOptions {
  /** Number of words: numbers from 0 to inputDim - 1 come in. */
  readonly inputDim: number;
  /** Length of each word's vector. */
  readonly outputDim: number;
  readonly embeddingsInitializer?: InitializerName | Initializer;
  readonly embeddingsRegularizer?: RegularizerName | Regularizer | null | undefined;
  /** Whether word 0 only fills up: later layers then pass over its places. */
  readonly maskZero?: boolean;
}

/**
 * The vector of each word: row x of the weight. A number outside takes the nearest word's.
 * Weights: embeddings [inputDim, outputDim]. Input: integers of any dtype, or f32 that is rounded towards 0.
 * @source Keras 3, layers.Embedding
 */
export function embedding(options: EmbeddingOptions): Layer {
  const kind = "embedding";
  const inputDim = integer(kind, "inputDim", options.inputDim);
  const outputDim = integer(kind, "outputDim", options.outputDim);
  const { maskZero = false } = options;
  const embeddingsInitializer = initializer(
    kind,
    "embeddingsInitializer",
    options.embeddingsInitializer,
    "randomUniform",
  );
  const embeddingsRegularizer = regularizer(kind, "embeddingsRegularizer", options.embeddingsRegularizer);
  return makeLayer({
    kind,
    className: "Embedding",
    options,
    known: ["inputDim", "outputDim", "embeddingsInitializer", "embeddingsRegularizer", "maskZero"],
    config: withoutUndefined({ inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer, maskZero }),
    weights: () => [
      {
        name: "embeddings",
        shape: [inputDim, outputDim],
        initializer: embeddingsInitializer,
        regularizer: embeddingsRegularizer,
        trainable: true,
      },
    ],
    outputTypes: (inputs, label) => [{ shape: [...single(inputs, label).shape, outputDim], dtype: "f32" }],
    call: (weights, inputs) => {
      const x = single(inputs, kind);
      const output = weightOf(weights, "embeddings").take(x);
      return { outputs: [output], masks: maskZero ? [x.notEqual(0)] : undefined };
    },
  });
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
