// Attention without heads: the values are weighed by products of queries and keys, or by sums that went through tanh.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  attend,
  bothOf,
  checkAttendOptions,
  masksOf,
  rolesOf,
  weigh,
  type AttendConfig,
  type AttendOptions,
} from "./attend.ts";
import { withoutUndefined } from "./dense.ts";
import { initializer } from "./initializers.ts";
import { makeLayer, weightOf, type Layer, type LayerParts, type SampleType, type Weights } from "./layer.ts";

export interface AttentionLayerOptions extends AttendOptions {
  /** Whether scores are multiplied by a weight. */
  readonly useScale?: boolean;
  /** Scores are query · key, or Σ tanh(query + key). */
  readonly scoreMode?: "dot" | "concat";
}

const attendNames = ["dropout", "seed", "useCausalMask", "returnAttentionScores"];

/**
 * softmax(scores) · value, where scores are query · key · scale, or concatScoreWeight · Σ tanh(scale · (query + key)).
 * Applied to [query, value] or [query, value, key], each [batch, time, dim]; masks of query and value are heeded.
 * Weights: scale [] with useScale, concatScoreWeight [] with scoreMode "concat".
 * @source Keras 3, layers.Attention; Luong et al. 2015
 */
export function attention(options: AttentionLayerOptions = {}): Layer {
  const kind = "attention";
  const scoreMode = choice(kind, "scoreMode", options.scoreMode ?? "dot", ["dot", "concat"]);
  const useScale = options.useScale ?? false;
  const config = checkAttendOptions(kind, options);
  const ones = initializer(kind, "initializer", undefined, "ones");
  const names = [...(useScale ? ["scale"] : []), ...(scoreMode === "concat" ? ["concatScoreWeight"] : [])];
  const scaled = (weights: Weights, x: Tensor): Tensor => (useScale ? x.mul(weightOf(weights, "scale")) : x);
  const sums = (weights: Weights, query: Tensor, key: Tensor): Tensor =>
    scaled(weights, query.expandDims(-2).add(key.expandDims(-3))) // [batch, queries, keys, dim]
      .tanh()
      .sum(-1)
      .mul(weightOf(weights, "concatScoreWeight"));
  return plainAttention({
    kind,
    className: "Attention",
    options,
    known: ["useScale", "scoreMode", ...attendNames],
    config: withoutUndefined({ useScale, scoreMode, ...config }),
    attendConfig: config,
    weights: () => names.map((name) => ({ name, shape: [], initializer: ones, trainable: true })),
    scaledQuery: scaled,
    scores: scoreMode === "concat" ? sums : undefined,
  });
}

export interface AdditiveAttentionOptions extends AttendOptions {
  /** Whether the features of a sum are multiplied by a weight. */
  readonly useScale?: boolean;
}

/**
 * softmax(Σ scale · tanh(query + key)) · value. Applied to [query, value] or [query, value, key], each [batch, time, dim];
 * masks of query and value are heeded. Weights: scale [dim], unless useScale is false.
 * @source Keras 3, layers.AdditiveAttention; Bahdanau et al. 2015
 */
export function additiveAttention(options: AdditiveAttentionOptions = {}): Layer {
  const kind = "additiveAttention";
  const useScale = options.useScale ?? true;
  const config = checkAttendOptions(kind, options);
  const glorot = initializer(kind, "initializer", undefined, "glorotUniform");
  return plainAttention({
    kind,
    className: "AdditiveAttention",
    options,
    known: ["useScale", ...attendNames],
    config: withoutUndefined({ useScale, ...config }),
    attendConfig: config,
    weights: (inputs) => {
      const shape = rolesOf(inputs, kind).query.shape.slice(-1);
      return useScale ? [{ name: "scale", shape, initializer: glorot, trainable: true }] : [];
    },
    scores: (weights, query, key) => {
      const bent = query.expandDims(-2).add(key.expandDims(-3)).tanh(); // [batch, queries, keys, dim]
      return (useScale ? bent.mul(weightOf(weights, "scale")) : bent).sum(-1);
    },
  });
}

interface PlainAttention extends Omit<LayerParts, "outputTypes" | "call"> {
  readonly attendConfig: AttendConfig;
  /** [batch, queries, keys] */
  readonly scores?: ((weights: Weights, query: Tensor, key: Tensor) => Tensor) | undefined;
  /** In place of scores: they are the products of this query with the keys. */
  readonly scaledQuery?: (weights: Weights, query: Tensor) => Tensor;
}

function plainAttention({ attendConfig, scores, scaledQuery, ...parts }: PlainAttention): Layer {
  const { useCausalMask, returnAttentionScores } = attendConfig;
  return makeLayer({
    ...parts,
    outputTypes: (inputs, label) => typesOf(inputs, label, returnAttentionScores),
    call: (weights, inputs, context) => {
      const roles = rolesOf(inputs, parts.kind);
      const { query, value, key } = roles;
      const masks = masksOf(roles, context.masks);
      // Keras heeds the mask of the value, not one of the key.
      const seen = bothOf(masks.value?.expandDims(-2), roles.mask);
      const common = { value, visible: { mask: seen, causal: useCausalMask }, queryMask: undefined };
      const { output, dropped } =
        scores === undefined
          ? attend({ ...common, key, query: scaledQuery?.(weights, query) ?? query, scale: 1 }, attendConfig, context)
          : weigh(scores(weights, query, key), common, attendConfig, context);
      const kept = masks.query === undefined ? output : where(masks.query.expandDims(-1), output, 0);
      return {
        outputs: returnAttentionScores && dropped !== undefined ? [kept, dropped] : [kept],
        masks: [masks.query],
      };
    },
  });
}

function typesOf(inputs: readonly SampleType[], label: string, returnsScores: boolean): SampleType[] {
  const { query, value, key, mask } = rolesOf(inputs, label);
  const shapes = [query.shape, value.shape, key.shape];
  const leads = shapes.map((shape) => shape.slice(0, -2));
  const [time = 0, dim = 0] = query.shape.slice(-2);
  const [numKeys = 0, width = 0] = value.shape.slice(-2);
  const [lead = []] = leads;
  const isSequence = shapes.every(({ length }) => length >= 2) && leads.every((other) => sameShape(other, lead));
  if (!isSequence || !sameShape(key.shape.slice(-2), [numKeys, dim])) {
    const [first, second, third] = shapes.map(shapeText);
    throw new SinterError(
      "shape",
      `${label}: query ${first}, value ${second} and key ${third} do not fit. Give [time, dim], [keys, width] and [keys, dim].`,
      { query: query.shape, value: value.shape, key: key.shape },
    );
  }
  const scores = [...lead, time, numKeys];
  if (mask !== undefined && !sameShape(mask.shape, scores)) {
    throw new SinterError("shape", `${label}: mask ${shapeText(mask.shape)}. Give ${shapeText(scores)}.`, {
      mask: mask.shape,
      scores,
    });
  }
  const output: SampleType = { shape: [...lead, time, width], dtype: "f32" };
  return returnsScores ? [output, { shape: scores, dtype: "f32" }] : [output];
}
