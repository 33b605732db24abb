// lora: changes of low rank to a model's matrices, which alone learn.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer, numberWithin } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { matrixRole } from "#learning/nn/matrix-weights.ts";
import type { PlacedLayer } from "#learning/nn/network.ts";
import { transformsOf, type LowRankTransform } from "#learning/nn/weight-transform.ts";
import type { Model } from "./model.ts";
import { setTrainable } from "./model-core.ts";
import { matchesTargets, type Targets } from "./targets.ts";
import { plainValue, plainWeights, setTransforms, type PlainWeight } from "./transform-weights.ts";

export interface LoraOptions {
  /** Columns of a and rows of b; 8 by default. */
  readonly rank?: number;
  /** The change is alpha / rank · a · b; the rank by default. */
  readonly alpha?: number;
  /** Which matrices, by parts of their paths: `["query", "value"]`. All of dense and attention layers when left out. */
  readonly targets?: Targets;
  /** Share of a matrix's inputs that the change does without in a step of training, the same for a whole batch; 0. */
  readonly dropout?: number;
}

/**
 * Freezes a model, in place, and adds to its matrices changes alpha / rank · a · b of low rank that learn: a few thousandths
 * of the weights, of its gradients and moments. Kernels of dense, einsum and attention layers and, where they are named,
 * tables of vectors; quantized ones, too. A change is 0 at first. Compile anew or go on: moments are dropped.
 * Weights beside a kernel [inputs, outputs]: kernel/loraA [inputs, rank] and kernel/loraB [rank, outputs].
 * @returns the same model
 * @throws option where no matrix is named
 * @source Hu et al. 2021, LoRA: low-rank adaptation of large language models
 * @example
 * const net = sequential([layers.dense({ units: 64, activation: "relu", inputShape: [32] }), layers.dense({ units: 10 })]);
 * lora(net, { rank: 4 });
 */
export function lora(model: Model, options: LoraOptions = {}): Model {
  checkOptions("lora", options, ["rank", "alpha", "targets", "dropout"]);
  const rank = integer("lora", "rank", options.rank ?? 8);
  const change = {
    kind: "lora",
    rank,
    alpha: numberWithin("lora", "alpha", options.alpha ?? rank),
    dropout: numberWithin("lora", "dropout", options.dropout ?? 0, 0, 0.99),
    isFrozen: false,
  } as const;
  adapt(model, chosenWeights(model, options.targets), change);
  return model;
}

/** Gives these weights, by path, such a change, in place of those that there are. */
export function adapt({ core }: Model, chosen: ReadonlySet<string>, change: Omit<LowRankTransform, "weights">): void {
  setTrainable(core, false);
  setTransforms(core, (placed) => [...withoutLora(placed), ...changesOf(placed, chosen, change)], {});
}

/** Whether a weight can be changed so. */
export function isMatrix({ placed, spec }: PlainWeight): boolean {
  return matrixRole(placed.layer.config, spec.name) !== undefined;
}

function chosenWeights({ core: { network } }: Model, targets: Targets | undefined): ReadonlySet<string> {
  const isWanted = matchesTargets("lora", targets);
  const matrices = plainWeights(network).filter(isMatrix);
  // Tables learn a change only where they are asked for.
  const isMeant = ({ spec }: PlainWeight): boolean =>
    isWanted(spec.path) && (targets !== undefined || spec.name.endsWith("kernel"));
  const chosen = matrices.filter(isMeant).map(({ spec }) => spec.path);
  if (chosen.length > 0) return new Set(chosen);
  const paths = matrices.map(({ spec }) => spec.path);
  throw new SinterError(
    "option",
    `lora: no weight is meant. Matrices are ${paths.join(", ") || "none"}. Name parts of their paths in targets.`,
    { paths },
  );
}

function withoutLora({ layer }: PlacedLayer): ReturnType<typeof transformsOf>[number][] {
  return transformsOf(layer).filter(({ kind }) => kind !== "lora");
}

function changesOf(
  { layer, name, inputs }: PlacedLayer,
  chosen: ReadonlySet<string>,
  change: Omit<LowRankTransform, "weights">,
): LowRankTransform[] {
  const own = (layer.untransformed ?? layer).weights(inputs).filter((spec) => chosen.has(`${name}/${spec.name}`));
  return own.length === 0 ? [] : [{ ...change, weights: own.map((spec) => spec.name) }];
}

/**
 * Adds changes of low rank to the matrices for good, in place: the model has its plain weights again, those that were
 * quantized as f32. Layers stay frozen: `setTrainable(true)` lets all of it learn.
 * @returns the same model
 */
export function mergeLora(model: Model): Model {
  const { core } = model;
  const isAdapted = ({ layer }: PlacedLayer, weight: string): boolean =>
    transformsOf(layer).some(({ kind, weights }) => kind === "lora" && weights.includes(weight));
  const adapted = plainWeights(core.network).filter(({ placed, spec }) => isAdapted(placed, spec.name));
  const values = adapted.map((weight): [string, Tensor] => [weight.spec.path, plainValue(core, weight)]);
  setTransforms(
    core,
    (placed) =>
      withoutLora(placed)
        .map((one) => ({ ...one, weights: one.weights.filter((weight) => !isAdapted(placed, weight)) }))
        .filter(({ weights }) => weights.length > 0),
    Object.fromEntries(values),
  );
  setTrainable(core, false);
  return model;
}
