// The closed list of losses: what `losses.` offers, what `compile` takes by name, what a model file holds. The numbers are
// computed in loss-value.ts.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Logits } from "#learning/nn/layer.ts";

export const lossNames = [
  "meanSquaredError",
  "meanAbsoluteError",
  "meanAbsolutePercentageError",
  "meanSquaredLogarithmicError",
  "huber",
  "logCosh",
  "cosineSimilarity",
  "poisson",
  "klDivergence",
  "hinge",
  "squaredHinge",
  "categoricalHinge",
  "binaryCrossentropy",
  "binaryFocalCrossentropy",
  "categoricalCrossentropy",
  "categoricalFocalCrossentropy",
  "categoricalGeneralizedCrossEntropy",
  "sparseCategoricalCrossentropy",
  "ctc",
  "dice",
  "tversky",
  "circle",
  "triplet",
  "contrastive",
] as const;

export type LossName = (typeof lossNames)[number];

/** How the samples' losses become one: their mean, their sum, or their sum over the sum of the weights. */
export type Reduction = "sumOverBatchSize" | "mean" | "sum" | "meanWithSampleWeight";

/** A loss as a model file holds it. */
export interface Loss {
  readonly kind: LossName;
  /** Whether the network gives logits instead of probabilities. */
  readonly fromLogits: boolean;
  /** Share of each label that is spread over all classes. */
  readonly labelSmoothing: number;
  /** The mean of the samples where it is left out. */
  readonly reduction?: Reduction;
  /** Of huber: the error from which on it grows linearly. */
  readonly delta?: number;
  /** Of the focal losses: the higher, the less do samples count that are right already. Of circle a scale. */
  readonly gamma?: number;
  /**
   * Of the focal losses: what class 1 counts, class 0 the rest; of the categorical one a factor, or one a class. Of tversky:
   * what misses count.
   */
  readonly alpha?: number | readonly number[];
  /** Of tversky: what false finds count. */
  readonly beta?: number;
  /** Of binaryFocalCrossentropy: whether `alpha` counts. */
  readonly applyClassBalancing?: boolean;
  /** Of sparseCategoricalCrossentropy: a class whose places count for nothing, such as -1 or 255. */
  readonly ignoreClass?: number | null;
  /** Of cosineSimilarity the axis of the vectors; of dice and tversky those that are summed over, null for all. */
  readonly axis?: number | readonly number[] | null;
  /** Of categoricalGeneralizedCrossEntropy: towards 0 it is crossentropy, towards 1 the absolute error. */
  readonly q?: number;
  /** Of circle, triplet and contrastive: how far apart classes should be. */
  readonly margin?: number;
  /** Of circle: whether a sample is no pair with itself. */
  readonly removeDiagonal?: boolean;
  /** Of triplet. */
  readonly distanceMetric?: DistanceMetric;
  readonly mining?: "semiHard" | "all";
}

/** How far two embeddings are apart: Euclid's distance, its square, or 1 - cosine. */
export type DistanceMetric = "L2" | "squaredL2" | "angular";

/** What a network gives for a batch. */
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
  /** Which places of the output count: bool [batch, time]; all where there is none. */
  readonly mask?: Tensor | undefined;
}

/** Of every loss. */
export interface ReductionOptions {
  /** "sumOverBatchSize", the mean of the samples, by default. */
  readonly reduction?: Reduction;
}

export interface CrossentropyOptions extends ReductionOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}

export interface FocalOptions extends CrossentropyOptions {
  /** Default 2. */
  readonly gamma?: number;
  /** Default 0.25. */
  readonly alpha?: number;
}

/** Of sparseCategoricalCrossentropy. */
export interface SparseOptions extends ReductionOptions {
  readonly fromLogits?: boolean;
  readonly ignoreClass?: number | null;
}

/** Of dice and tversky. */
export interface OverlapOptions extends ReductionOptions {
  /** Axes that are summed over, the batch counted; null for all of them, which makes one number of a batch. */
  readonly axis?: number | readonly number[] | null;
}

/** Of the losses of embeddings. */
export interface MarginOptions extends ReductionOptions {
  readonly margin?: number;
}

/**
 * Keras's losses by name; triplet and contrastive are sinter's.
 * @source Keras 3, losses/losses.py; Lin et al. 2017, Focal loss for dense object detection; Schroff et al. 2015, FaceNet, and
 * TensorFlow Addons (triplet); Hadsell et al. 2006 (contrastive)
 */
export const losses: {
  meanSquaredError(options?: ReductionOptions): Loss;
  meanAbsoluteError(options?: ReductionOptions): Loss;
  meanAbsolutePercentageError(options?: ReductionOptions): Loss;
  meanSquaredLogarithmicError(options?: ReductionOptions): Loss;
  huber(options?: ReductionOptions & { readonly delta?: number }): Loss;
  logCosh(options?: ReductionOptions): Loss;
  cosineSimilarity(options?: ReductionOptions & { readonly axis?: number }): Loss;
  poisson(options?: ReductionOptions): Loss;
  klDivergence(options?: ReductionOptions): Loss;
  hinge(options?: ReductionOptions): Loss;
  squaredHinge(options?: ReductionOptions): Loss;
  categoricalHinge(options?: ReductionOptions): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  binaryFocalCrossentropy(options?: FocalOptions & { readonly applyClassBalancing?: boolean }): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalFocalCrossentropy(
    options?: Omit<FocalOptions, "alpha"> & { readonly alpha?: number | readonly number[] },
  ): Loss;
  categoricalGeneralizedCrossEntropy(options?: ReductionOptions & { readonly q?: number }): Loss;
  sparseCategoricalCrossentropy(options?: SparseOptions): Loss;
  ctc(options?: ReductionOptions): Loss;
  dice(options?: OverlapOptions): Loss;
  tversky(options?: OverlapOptions & { readonly alpha?: number; readonly beta?: number }): Loss;
  circle(options?: MarginOptions & { readonly gamma?: number; readonly removeDiagonal?: boolean }): Loss;
  triplet(
    options?: MarginOptions & { readonly distanceMetric?: DistanceMetric; readonly mining?: "semiHard" | "all" },
  ): Loss;
  contrastive(options?: MarginOptions): Loss;
} = {
  meanSquaredError: (options) => makeLoss("meanSquaredError", options),
  meanAbsoluteError: (options) => makeLoss("meanAbsoluteError", options),
  meanAbsolutePercentageError: (options) => makeLoss("meanAbsolutePercentageError", options),
  meanSquaredLogarithmicError: (options) => makeLoss("meanSquaredLogarithmicError", options),
  huber: (options) => makeLoss("huber", options),
  logCosh: (options) => makeLoss("logCosh", options),
  cosineSimilarity: (options) => makeLoss("cosineSimilarity", options),
  poisson: (options) => makeLoss("poisson", options),
  klDivergence: (options) => makeLoss("klDivergence", options),
  hinge: (options) => makeLoss("hinge", options),
  squaredHinge: (options) => makeLoss("squaredHinge", options),
  categoricalHinge: (options) => makeLoss("categoricalHinge", options),
  binaryCrossentropy: (options) => makeLoss("binaryCrossentropy", options),
  binaryFocalCrossentropy: (options) => makeLoss("binaryFocalCrossentropy", options),
  categoricalCrossentropy: (options) => makeLoss("categoricalCrossentropy", options),
  categoricalFocalCrossentropy: (options) => makeLoss("categoricalFocalCrossentropy", options),
  categoricalGeneralizedCrossEntropy: (options) => makeLoss("categoricalGeneralizedCrossEntropy", options),
  sparseCategoricalCrossentropy: (options) => makeLoss("sparseCategoricalCrossentropy", options),
  ctc: (options) => makeLoss("ctc", options),
  dice: (options) => makeLoss("dice", options),
  tversky: (options) => makeLoss("tversky", options),
  circle: (options) => makeLoss("circle", options),
  triplet: (options) => makeLoss("triplet", options),
  contrastive: (options) => makeLoss("contrastive", options),
};

type LossOptions = Partial<Omit<Loss, "kind">>;

/** Each loss's own options with Keras's defaults. */
const standards: Readonly<Record<LossName, LossOptions>> = {
  meanSquaredError: {},
  meanAbsoluteError: {},
  meanAbsolutePercentageError: {},
  meanSquaredLogarithmicError: {},
  huber: { delta: 1 },
  logCosh: {},
  cosineSimilarity: { axis: -1 },
  poisson: {},
  klDivergence: {},
  hinge: {},
  squaredHinge: {},
  categoricalHinge: {},
  binaryCrossentropy: { fromLogits: false, labelSmoothing: 0 },
  binaryFocalCrossentropy: { fromLogits: false, labelSmoothing: 0, gamma: 2, alpha: 0.25, applyClassBalancing: false },
  categoricalCrossentropy: { fromLogits: false, labelSmoothing: 0 },
  categoricalFocalCrossentropy: { fromLogits: false, labelSmoothing: 0, gamma: 2, alpha: 0.25 },
  categoricalGeneralizedCrossEntropy: { q: 0.5 },
  sparseCategoricalCrossentropy: { fromLogits: false, ignoreClass: null },
  ctc: {},
  dice: { axis: null },
  tversky: { alpha: 0.5, beta: 0.5, axis: null },
  circle: { gamma: 80, margin: 0.4, removeDiagonal: true },
  triplet: { margin: 1, distanceMetric: "L2", mining: "semiHard" },
  contrastive: { margin: 1 },
};

function makeLoss(kind: LossName, options: LossOptions = {}): Loss {
  const standard = standards[kind];
  checkOptions(kind, options, [...Object.keys(standard), "reduction"]);
  const loss: Loss = { kind, fromLogits: false, labelSmoothing: 0, ...standard, ...options };
  checkValues(kind, new Map<string, unknown>(Object.entries(loss)));
  return loss;
}

/** Numbers from 0, and the most that some may be. */
const bounds: readonly (readonly [name: string, most: number])[] = [
  ["labelSmoothing", 1],
  ["delta", Number.POSITIVE_INFINITY],
  ["gamma", Number.POSITIVE_INFINITY],
  ["alpha", Number.POSITIVE_INFINITY],
  ["beta", Number.POSITIVE_INFINITY],
  ["margin", Number.POSITIVE_INFINITY],
  ["q", 1],
];
const words = {
  reduction: ["sumOverBatchSize", "mean", "sum", "meanWithSampleWeight"],
  distanceMetric: ["L2", "squaredL2", "angular"],
  mining: ["semiHard", "all"],
};

/** @throws option for a value of the wrong kind */
function checkValues(kind: LossName, values: ReadonlyMap<string, unknown>): void {
  const listOf = (name: string): unknown[] => [values.get(name) ?? []].flat();
  for (const [name, most] of bounds) for (const value of listOf(name)) numberWithin(kind, name, value, 0, most);
  for (const [name, names] of Object.entries(words)) for (const value of listOf(name)) choice(kind, name, value, names);
  for (const name of ["axis", "ignoreClass"]) for (const value of listOf(name)) integer(kind, name, value, -(2 ** 31));
  for (const name of ["fromLogits", "applyClassBalancing", "removeDiagonal"]) {
    if (typeof (values.get(name) ?? false) !== "boolean") {
      throw new SinterError("option", `${kind}: ${name} is ${String(values.get(name))}. Give true or false.`, { name });
    }
  }
  const q = values.get("q");
  if (q === 0 || q === 1) throw new SinterError("option", `${kind}: q is ${q}. Give a number between 0 and 1.`, { q });
}

/** A loss from its name or itself, checked. @throws option naming the right one */
export function checkLoss(value: LossName | Loss): Loss {
  if (typeof value === "string") return makeLoss(choice("compile", "loss", value, lossNames));
  const { kind, ...options } = value;
  return lossFromConfig({ kind, options });
}

/** The loss that a configuration describes; it checks every option. @throws option */
export function lossFromConfig({ kind, options }: { readonly kind: string; readonly options: object }): Loss {
  const name = choice("compile", "loss", kind, lossNames);
  // Every loss says these two; where they mean nothing they are as at first.
  const idle: ReadonlyMap<string, unknown> = new Map<string, unknown>([
    ["fromLogits", false],
    ["labelSmoothing", 0],
  ]);
  const isOwn = ([option, value]: [string, unknown]): boolean =>
    Object.hasOwn(standards[name], option) || !idle.has(option) || idle.get(option) !== value;
  const given: object = Object.fromEntries(Object.entries(options).filter(isOwn));
  return makeLoss(name, given);
}
