// Attention of several heads: projections of query, key and value, attention in each head, a projection of what they give.
// Multi-head and grouped-query attention are this with other numbers.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { sameShape, shapeText, sizeOf, type Shape } from "#engine/base/shape.ts";
import { dot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import {
  attend,
  bothOf,
  checkAttendOptions,
  masksOf,
  rolesOf,
  type AttendConfig,
  type AttendOptions,
  type Roles,
} from "./attend.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { withoutUndefined } from "./dense.ts";
import { HeadAxes } from "./head-axes.ts";
import { kernelSpecs } from "./kernel-weights.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import {
  activityPenalty,
  makeLayer,
  weightOf,
  type CallContext,
  type Layer,
  type LayerResult,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

/** What multi-head and grouped-query attention both take. */
export interface HeadOptions extends AttendOptions {
  readonly useBias?: boolean;
  /** Whether sigmoid(query · kernel + bias) multiplies what the heads give. */
  readonly useGate?: boolean;
  /** Whether a query sees only keys that are fewer places away than this. */
  readonly slidingWindow?: number | null | undefined;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly kernelConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
}

type HeadConfig = AttendConfig & {
  readonly useBias: boolean;
  readonly useGate: boolean;
  readonly slidingWindow: number | undefined;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;
};

function checkHeadOptions(kind: string, options: HeadOptions): HeadConfig {
  const { slidingWindow } = options;
  return {
    ...checkAttendOptions(kind, options),
    useBias: options.useBias ?? true,
    useGate: options.useGate ?? false,
    slidingWindow:
      slidingWindow === undefined || slidingWindow === null ? undefined : integer(kind, "slidingWindow", slidingWindow),
    kernelInitializer: initializer(kind, "kernelInitializer", options.kernelInitializer, "glorotUniform"),
    biasInitializer: initializer(kind, "biasInitializer", options.biasInitializer, "zeros"),
    kernelRegularizer: regularizer(kind, "kernelRegularizer", options.kernelRegularizer),
    biasRegularizer: regularizer(kind, "biasRegularizer", options.biasRegularizer),
    kernelConstraint: constraint(kind, "kernelConstraint", options.kernelConstraint),
    biasConstraint: constraint(kind, "biasConstraint", options.biasConstraint),
  };
}

/** What one kind of attention with heads is made of. */
export interface HeadParts {
  readonly kind: string;
  readonly className: string;
  readonly options: HeadOptions;
  /** Its own options with defaults filled in. */
  readonly own: Readonly<Record<string, number | readonly number[] | undefined>>;
  readonly numHeads: number;
  /** Whether activityRegularizer looks at the projections alone, not at what the layer gives once more. */
  readonly regularizesParts?: boolean;
  /** Heads of keys and values; each serves as many heads of queries. */
  readonly numKeyHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  /** Axes of the result in place of the query's features; those where it is left out. */
  readonly outputShape?: Shape | undefined;
  /** Axes of the query that attend to those of the keys, the batch counted; all but batch and features. */
  readonly attentionAxes?: readonly number[] | undefined;
}

/** @throws option naming the right one */
export function headAttention(parts: HeadParts): Layer {
  const { kind, className, options, own } = parts;
  const config = checkHeadOptions(kind, options);
  return makeLayer({
    kind,
    className,
    options,
    known: [...Object.keys(own), ...Object.keys(config)],
    regularizesItself: parts.regularizesParts === true,
    config: withoutUndefined({ ...own, ...config }),
    weights: (inputs) => specsOf(parts, config, rolesOf(inputs, kind)),
    outputTypes: (inputs, label) => {
      const roles = rolesOf(inputs, label);
      const axes = checkRoles(parts, config, roles, label);
      const { shape } = roles.query;
      const output: SampleType = {
        shape: [...shape.slice(0, -1), ...(parts.outputShape ?? shape.slice(-1))],
        dtype: "f32",
      };
      if (!config.returnAttentionScores) return [output];
      return [output, { shape: axes.scoresShape(shape, roles.value.shape, parts.numHeads), dtype: "f32" }];
    },
    call: (weights, inputs, context) => callHeads(parts, config, { weights, inputs, context }),
  });
}

function specsOf(parts: HeadParts, config: HeadConfig, { query, key, value }: Roles<SampleType>): WeightSpec[] {
  const { numHeads, numKeyHeads, keyDim, valueDim } = parts;
  const features = ({ shape }: SampleType): number => shape.at(-1) ?? 1;
  const outputs = parts.outputShape ?? [features(query)];
  const projection = (name: string, kernel: Shape, bias: Shape): WeightSpec[] =>
    kernelSpecs(config, kernel, bias).map((spec) => ({ ...spec, name: `${name}/${spec.name}` }));
  const into = (name: string, from: SampleType, heads: Shape): WeightSpec[] =>
    projection(name, [features(from), ...heads], heads);
  return [
    ...into("query", query, [numHeads, keyDim]),
    ...into("key", key, [numKeyHeads, keyDim]),
    ...(config.useGate ? into("gate", query, [numHeads, valueDim]) : []),
    ...into("value", value, [numKeyHeads, valueDim]),
    ...projection("attentionOutput", [numHeads, valueDim, ...outputs], outputs),
  ];
}

function checkRoles(
  { kind, attentionAxes }: HeadParts,
  { useCausalMask, slidingWindow }: HeadConfig,
  { query, value, key, mask }: Roles<SampleType>,
  label: string,
): HeadAxes {
  const axes = new HeadAxes(query.shape.length, attentionAxes, label);
  const isAlike = sameShape(key.shape.slice(0, -1), value.shape.slice(0, -1));
  if (!isAlike || !axes.doFit(query.shape, value.shape)) {
    throw new SinterError(
      "shape",
      `${label}: query ${shapeText(query.shape)}, value ${shapeText(value.shape)} and key ${shapeText(key.shape)} do not fit. ` +
        `Make value and key equally long, and axes that do not attend equal.`,
      { query: query.shape, value: value.shape, key: key.shape },
    );
  }
  if (axes.attending.length > 1 && (useCausalMask || slidingWindow !== undefined)) {
    throw new SinterError(
      "option",
      `${kind}: useCausalMask and slidingWindow need one attention axis, not ${axes.attending.length}. Name it in attentionAxes.`,
      { attentionAxes: axes.attending },
    );
  }
  if (mask !== undefined) axes.checkMask(mask.shape, query.shape, value.shape, label);
  return axes;
}

interface HeadCall {
  readonly weights: Weights;
  readonly inputs: readonly Tensor[];
  readonly context: CallContext;
}

function callHeads(parts: HeadParts, config: HeadConfig, { weights, inputs, context }: HeadCall): LayerResult {
  const { kind, numHeads, numKeyHeads, keyDim } = parts;
  const noted = new Noted(regularizer(kind, "activityRegularizer", parts.options.activityRegularizer));
  const roles = rolesOf(inputs, kind);
  const axes = new HeadAxes(roles.query.rank - 1, parts.attentionAxes, kind);
  const masks = masksOf(roles, context.masks);
  const isGrouped = numHeads !== numKeyHeads;
  const split = (x: Tensor): Tensor => (isGrouped ? inGroups(x, numKeyHeads) : x);
  const join = (x: Tensor): Tensor => (isGrouped ? outOfGroups(x, numHeads) : x);
  const heads = (name: string, x: Tensor): Tensor => split(axes.gather(noted.note(projected(x, weights, name)))); // [batch, ..., heads, places, dim]
  const keyMask = bothOf(masks.value, masks.key);
  const seen = bothOf(keyMask && axes.gatherMask(keyMask).expandDims(-2), roles.mask && axes.gatherPairs(roles.mask));
  const queryMask = masks.query && axes.gatherMask(masks.query).expandDims(-1);
  const attended = attend(
    {
      query: heads("query", roles.query),
      key: heads("key", roles.key),
      value: heads("value", roles.value),
      visible: { mask: seen && split(seen), causal: config.useCausalMask, slidingWindow: config.slidingWindow },
      queryMask: queryMask && split(queryMask),
      scale: 1 / Math.sqrt(keyDim),
    },
    config,
    context,
  );
  const mixed = axes.scatter(join(attended.output), roles.query.shape); // [batch, ..., heads, dim]
  const gated = config.useGate ? mixed.mul(noted.note(projected(roles.query, weights, "gate")).sigmoid()) : mixed;
  const output = noted.note(outputOf(gated, weights));
  const { losses } = noted;
  if (!config.returnAttentionScores || attended.weights === undefined) {
    return { outputs: [output], masks: [masks.query], losses };
  }
  const scores = axes.spreadScores(join(attended.weights), roles.query.shape, roles.value.shape);
  return { outputs: [output, scores], masks: [masks.query], losses };
}

/** Penalties on what the projections give: in Keras each is a layer with the activityRegularizer of the whole. */
class Noted {
  readonly losses: Tensor[] = [];
  readonly #rule: Regularizer | undefined;

  constructor(rule: Regularizer | undefined) {
    this.#rule = rule;
  }

  note(x: Tensor): Tensor {
    if (this.#rule !== undefined) this.losses.push(activityPenalty(this.#rule, x));
    return x;
  }
}

/** [..., heads, n, m] as [..., groups, heads of a group, n, m]; a single head serves all groups. */
function inGroups(x: Tensor, numGroups: number): Tensor {
  const heads = x.shape.at(-3) ?? 1;
  const groups = Math.min(heads, numGroups);
  return x.reshape([...x.shape.slice(0, -3), groups, heads / groups, ...x.shape.slice(-2)]);
}

/** Undoes `inGroups`. */
function outOfGroups(x: Tensor, numHeads: number): Tensor {
  return x.reshape([...x.shape.slice(0, -4), numHeads, ...x.shape.slice(-2)]);
}

/** x · kernel + bias, where the heads and their features take the place of the features. */
function projected(x: Tensor, weights: Weights, name: string): Tensor {
  const kernel = weightOf(weights, `${name}/kernel`);
  const [features = 1, ...heads] = kernel.shape;
  const product = x.matMul(kernel.reshape([features, sizeOf(heads)]));
  const bias = weights[`${name}/bias`];
  const sum = bias === undefined ? product : product.add(bias.reshape([sizeOf(heads)]));
  return sum.reshape([...x.shape.slice(0, -1), ...heads]);
}

/** x · kernel + bias over heads and their features. */
function outputOf(x: Tensor, weights: Weights): Tensor {
  const kernel = weightOf(weights, "attentionOutput/kernel");
  const [numHeads = 1, dim = 1, ...outputs] = kernel.shape;
  const product = dot(x, kernel.reshape([numHeads, dim, sizeOf(outputs)]), {
    leftContract: [x.rank - 2, x.rank - 1],
    rightContract: [0, 1],
  });
  const bias = weights["attentionOutput/bias"];
  const sum = bias === undefined ? product : product.add(bias.reshape([sizeOf(outputs)]));
  return sum.reshape([...x.shape.slice(0, -2), ...outputs]);
}
