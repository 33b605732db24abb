// T5's attention: products without a scale, to which a learned number for each distance is added. Two layers of the zoo's own.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { attentionWeights, dropped, transposed, visibleIn } from "#engine/tensor/attention-scores.ts";
import { tensor } from "#engine/tensor/create.ts";
import { dot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  makeLayer,
  weightOf,
  type CallContext,
  type Layer,
  type LayerOptions,
  type Weights,
  type WeightSpec,
} from "#learning/nn/layer.ts";
import type { LayerMaker } from "#learning/nn/layers.ts";

interface BiasOptions extends LayerOptions {
  readonly numHeads: number;
  readonly numBuckets: number;
  /** Distances from here on share a bucket. */
  readonly maxDistance: number;
  /** Whether keys behind the query have buckets of their own; else all are of one. */
  readonly bidirectional: boolean;
  readonly stddev: number;
}

/**
 * A number for each head and pair of places, by their distance: small distances each have one, larger ones share.
 * Input: [time, features], of which the extent alone counts. Output: [numHeads, time, time], the same for every sample.
 * Weights: embeddings [numBuckets, numHeads].
 */
export function t5RelativeBias(options: BiasOptions): Layer {
  const kind = "t5RelativeBias";
  const { numHeads, numBuckets, maxDistance, bidirectional, stddev } = options;
  const shape = [integer(kind, "numBuckets", numBuckets), integer(kind, "numHeads", numHeads)];
  const initializer = { kind: "randomNormal", mean: 0, stddev } as const;
  return makeLayer({
    kind,
    className: "T5RelativeBias",
    options,
    known: ["numHeads", "numBuckets", "maxDistance", "bidirectional", "stddev"],
    config: { numHeads, numBuckets, maxDistance, bidirectional, stddev },
    weights: () => [{ name: "embeddings", shape, initializer, trainable: true }],
    outputTypes: ([input]) => {
      const time = input?.shape[0] ?? 1;
      return [{ shape: [numHeads, time, time], dtype: "f32" }];
    },
    call: (weights, [x]) => {
      const time = x?.shape[1] ?? 1;
      const buckets = Int32Array.from({ length: time * time }, (_, at) =>
        bucketOf((at % time) - Math.floor(at / time), options),
      );
      const table = weightOf(weights, "embeddings").take(tensor(buckets, { shape: [time, time] })); // [time, time, heads]
      return { outputs: [table.transpose([2, 0, 1]).expandDims(0)] }; // [1, heads, time, time]
    },
  });
}

/** Of the distance from a query to a key, in float32 as the original. */
function bucketOf(distance: number, { numBuckets, maxDistance, bidirectional }: BiasOptions): number {
  const count = bidirectional ? Math.floor(numBuckets / 2) : numBuckets;
  const begin = bidirectional && distance > 0 ? count : 0;
  const far = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  const numExact = Math.floor(count / 2);
  if (far < numExact) return begin + far;
  const share = Math.fround(Math.fround(Math.log(far / numExact)) / Math.fround(Math.log(maxDistance / numExact)));
  return begin + Math.min(count - 1, numExact + Math.floor(Math.fround(share * (count - numExact))));
}

interface AttentionOptions extends LayerOptions {
  readonly numHeads: number;
  readonly keyDim: number;
  /** Whether a place sees none after it. */
  readonly causal: boolean;
  /** Whether the last input are the numbers of the keys' tokens, of which 0 are not seen. */
  readonly hasIds: boolean;
  readonly dropout: number;
}

/**
 * softmax(q · kᵀ + bias) · v for each head, without biases of the products.
 * Inputs: query [queries, features], value [keys, features]; then, where it has some, bias [heads, queries, keys]; then, with
 * `hasIds`, i32 [keys]. Weights: query/kernel, key/kernel, value/kernel [features, heads, keyDim], attentionOutput/kernel
 * [heads, keyDim, features].
 */
export function t5Attention(options: AttentionOptions): Layer {
  const kind = "t5Attention";
  const { numHeads, keyDim, causal, hasIds, dropout } = options;
  return makeLayer({
    kind,
    className: "T5Attention",
    options,
    known: ["numHeads", "keyDim", "causal", "hasIds", "dropout"],
    config: { numHeads, keyDim, causal, hasIds, dropout },
    weights: ([query]) => specsOf(query?.shape.at(-1) ?? 1, numHeads, keyDim),
    outputTypes: ([query]) => [{ shape: query?.shape ?? [], dtype: "f32" }],
    call: (weights, inputs, context) => ({ outputs: [attended(options, weights, inputs, context)] }),
  });
}

function specsOf(features: number, numHeads: number, keyDim: number): WeightSpec[] {
  const normal = (variance: number) => ({ kind: "randomNormal", mean: 0, stddev: Math.sqrt(variance) }) as const;
  const into = (name: string, variance: number): WeightSpec => ({
    name: `${name}/kernel`,
    shape: [features, numHeads, keyDim],
    initializer: normal(variance),
    trainable: true,
  });
  return [
    into("query", 1 / (features * keyDim)),
    into("key", 1 / features),
    into("value", 1 / features),
    {
      name: "attentionOutput/kernel",
      shape: [numHeads, keyDim, features],
      initializer: normal(1 / (numHeads * keyDim)),
      trainable: true,
    },
  ];
}

function attended(
  { numHeads, keyDim, causal, hasIds, dropout }: AttentionOptions,
  weights: Weights,
  inputs: readonly Tensor[],
  { training, key: random }: CallContext,
): Tensor {
  const ids = hasIds ? inputs.at(-1) : undefined;
  const [query, value, bias] = hasIds ? inputs.slice(0, -1) : inputs;
  if (query === undefined || value === undefined) {
    throw new SinterError(
      "shape",
      "t5Attention: inputs are missing. Apply it to [query, value], then bias and tokens.",
    );
  }
  const heads = (x: Tensor, name: string): Tensor => {
    const [batch = 1, time = 1, features = 1] = x.shape;
    const product = x.matMul(weightOf(weights, `${name}/kernel`).reshape([features, numHeads * keyDim]));
    return product.reshape([batch, time, numHeads, keyDim]).transpose([0, 2, 1, 3]); // [batch, heads, time, dim]
  };
  const products = heads(query, "query").matMul(transposed(heads(value, "key"))); // [batch, heads, queries, keys]
  const [numQueries = 1, numKeys = 1] = products.shape.slice(-2);
  const mask = ids?.notEqual(0).reshape([-1, 1, 1, numKeys]);
  const visible = visibleIn({ firstQuery: 0, numQueries, firstKey: 0, numKeys }, { mask, causal });
  const shares = attentionWeights(bias === undefined ? products : products.add(bias), visible);
  const left = training && random !== undefined ? dropped(shares, { rate: dropout, key: random }) : shares;
  const mixed = left.matMul(heads(value, "value")).transpose([0, 2, 1, 3]); // [batch, queries, heads, dim]
  return dot(mixed, weightOf(weights, "attentionOutput/kernel"), { leftContract: [2, 3], rightContract: [0, 1] });
}

/** Makers of T5's own layers, for `loadModel(path, { customLayers: t5Layers })`. */
export const t5Layers: Readonly<Record<string, LayerMaker>> = {
  t5RelativeBias: { make: (options) => t5RelativeBias({ ...biasDefaults, ...options }) },
  t5Attention: { make: (options) => t5Attention({ ...attentionDefaults, ...options }) },
};

const biasDefaults: BiasOptions = { numHeads: 1, numBuckets: 32, maxDistance: 128, bidirectional: true, stddev: 1 };
const attentionDefaults: AttentionOptions = { numHeads: 1, keyDim: 1, causal: false, hasIds: false, dropout: 0 };
