// Losses: one scalar from labels and predictions, the mean over samples. They take a network's logits where it has them,
// else clip probabilities as Keras.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { oneHot, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Logits } from "#learning/nn/layer.ts";
import { weightedMean } from "./weighted-mean.ts";

export const lossNames = [
  "meanSquaredError",
  "meanAbsoluteError",
  "huber",
  "binaryCrossentropy",
  "binaryFocalCrossentropy",
  "categoricalCrossentropy",
  "categoricalFocalCrossentropy",
  "sparseCategoricalCrossentropy",
] as const;

export type LossName = (typeof lossNames)[number];

/** A loss as a model file holds it. */
export interface Loss {
  readonly kind: LossName;
  /** Whether the network gives logits instead of probabilities. */
  readonly fromLogits: boolean;
  /** Share of each label that is spread over all classes. */
  readonly labelSmoothing: number;
  /** Of huber: the error from which on it grows linearly. */
  readonly delta?: number;
  /** Of the focal losses: the higher, the less do samples count that are right already. */
  readonly gamma?: number;
  /** Of the focal losses: what class 1 counts, class 0 the rest; of the categorical one a factor. */
  readonly alpha?: number;
  /** Of binaryFocalCrossentropy: whether `alpha` counts. */
  readonly applyClassBalancing?: boolean;
}

/** What a network gives for a batch. */
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
  /** Which places of the output count: bool [batch, time]; all where there is none. */
  readonly mask?: Tensor | undefined;
}

export interface CrossentropyOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}

export interface FocalOptions extends CrossentropyOptions {
  /** Default 2. */
  readonly gamma?: number;
  /** Default 0.25. */
  readonly alpha?: number;
}

/**
 * Keras's losses by name.
 * @source Keras 3, losses/losses.py; Lin et al. 2017, Focal loss for dense object detection
 */
export const losses: {
  meanSquaredError(): Loss;
  meanAbsoluteError(): Loss;
  huber(options?: { readonly delta?: number }): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  binaryFocalCrossentropy(options?: FocalOptions & { readonly applyClassBalancing?: boolean }): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalFocalCrossentropy(options?: FocalOptions): Loss;
  sparseCategoricalCrossentropy(options?: { readonly fromLogits?: boolean }): Loss;
} = {
  meanSquaredError: () => makeLoss("meanSquaredError"),
  meanAbsoluteError: () => makeLoss("meanAbsoluteError"),
  huber: (options) => makeLoss("huber", options),
  binaryCrossentropy: (options) => makeLoss("binaryCrossentropy", options),
  binaryFocalCrossentropy: (options) => makeLoss("binaryFocalCrossentropy", options),
  categoricalCrossentropy: (options) => makeLoss("categoricalCrossentropy", options),
  categoricalFocalCrossentropy: (options) => makeLoss("categoricalFocalCrossentropy", options),
  sparseCategoricalCrossentropy: (options) => makeLoss("sparseCategoricalCrossentropy", options),
};

type LossOptions = Partial<Omit<Loss, "kind">>;

const knownOptions: Readonly<Record<LossName, readonly (keyof LossOptions)[]>> = {
  meanSquaredError: [],
  meanAbsoluteError: [],
  huber: ["delta"],
  binaryCrossentropy: ["fromLogits", "labelSmoothing"],
  binaryFocalCrossentropy: ["fromLogits", "labelSmoothing", "gamma", "alpha", "applyClassBalancing"],
  categoricalCrossentropy: ["fromLogits", "labelSmoothing"],
  categoricalFocalCrossentropy: ["fromLogits", "labelSmoothing", "gamma", "alpha"],
  sparseCategoricalCrossentropy: ["fromLogits"],
};

function makeLoss(kind: LossName, options: LossOptions = {}): Loss {
  const known = knownOptions[kind];
  checkOptions(kind, options, known);
  const { fromLogits = false, labelSmoothing = 0, delta = 1, gamma = 2, alpha = 0.25 } = options;
  return {
    kind,
    fromLogits,
    labelSmoothing: numberWithin(kind, "labelSmoothing", labelSmoothing, 0, 1),
    ...(known.includes("delta") ? { delta: numberWithin(kind, "delta", delta, 0) } : {}),
    ...(known.includes("gamma") ? { gamma: numberWithin(kind, "gamma", gamma, 0) } : {}),
    ...(known.includes("alpha") ? { alpha: numberWithin(kind, "alpha", alpha, 0) } : {}),
    ...(known.includes("applyClassBalancing") ? { applyClassBalancing: options.applyClassBalancing ?? false } : {}),
  };
}

/** A loss from its name or itself, checked. @throws option naming the right one */
export function checkLoss(value: LossName | Loss): Loss {
  if (typeof value === "string") return makeLoss(choice("compile", "loss", value, lossNames));
  const { kind, fromLogits, labelSmoothing, ...others } = value;
  const name = choice("compile", "loss", kind, lossNames);
  // Every loss says these two; where they mean nothing they are as at first.
  return makeLoss(name, {
    ...others,
    ...(fromLogits ? { fromLogits } : {}),
    ...(labelSmoothing === 0 ? {} : { labelSmoothing }),
  });
}

/**
 * The mean over samples, a scalar.
 * @param labels class numbers [n] or [n, 1] for sparseCategoricalCrossentropy, else of the predictions' shape
 * @param weights what the loss of each sample, f32 [n], or place, f32 [n, time], is multiplied with before the mean; the
 *   mean is still one of all that the mask leaves
 * @throws shape when labels do not fit the predictions
 */
export function lossValue(loss: Loss, labels: Tensor, prediction: Prediction, weights?: Tensor): Tensor {
  return weightedMean(sampleLosses(loss, labels, prediction), weights, prediction.mask);
}

/** One loss for each sample (and place, for predictions of rank above 2). */
export function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor {
  switch (loss.kind) {
    case "meanSquaredError":
      return errorsOf(loss, labels, prediction).square().mean(-1);
    case "meanAbsoluteError":
      return errorsOf(loss, labels, prediction).abs().mean(-1);
    case "huber":
      return huber(errorsOf(loss, labels, prediction).abs(), loss.delta ?? 1).mean(-1);
    case "binaryCrossentropy":
      return binaryCrossentropy(loss, labels, prediction).mean(-1);
    case "binaryFocalCrossentropy":
      return binaryFocal(loss, labels, prediction).mean(-1);
    case "categoricalCrossentropy":
      return categoricalTarget(loss, labels, prediction).mul(logProbabilities(loss, prediction)).sum(-1).neg();
    case "categoricalFocalCrossentropy":
      return categoricalFocal(loss, labels, prediction).sum(-1);
    case "sparseCategoricalCrossentropy": {
      const target = oneHot(classNumbers(loss.kind, labels, prediction.output), prediction.output.shape.at(-1) ?? 1);
      return target.mul(logProbabilities(loss, prediction)).sum(-1).neg();
    }
    default:
      return loss.kind satisfies never;
  }
}

function errorsOf(loss: Loss, labels: Tensor, { output }: Prediction): Tensor {
  return output.sub(alignLabels(loss.kind, labels, output));
}

/** e² / 2 up to delta, from there on delta · (e - delta / 2). */
function huber(error: Tensor, delta: number): Tensor {
  const linear = error.mul(delta).sub(0.5 * delta * delta);
  return where(error.lessEqual(delta), error.square().mul(0.5), linear);
}

function categoricalTarget(loss: Loss, labels: Tensor, { output }: Prediction): Tensor {
  return smooth(alignLabels(loss.kind, labels, output), loss.labelSmoothing, 1 / (output.shape.at(-1) ?? 1));
}

/** (1 - p of the label)^gamma · binary crossentropy, elementwise. Logits given as such become probabilities first. */
function binaryFocal(loss: Loss, labels: Tensor, given: Prediction): Tensor {
  const prediction = loss.fromLogits ? { output: given.output.sigmoid() } : given;
  const crossentropy = binaryCrossentropy({ ...loss, fromLogits: false }, labels, prediction);
  const target = smooth(alignLabels(loss.kind, labels, prediction.output), loss.labelSmoothing, 0.5);
  const { output } = prediction;
  const rest = target.neg().add(1);
  const missing = target.mul(output.neg().add(1)).add(rest.mul(output)); // 1 - p of the label
  const focal = missing.pow(loss.gamma ?? 2).mul(crossentropy);
  if (loss.applyClassBalancing !== true) return focal;
  const alpha = loss.alpha ?? 0.25;
  return focal.mul(target.mul(alpha).add(rest.mul(1 - alpha)));
}

/** alpha · (1 - p)^gamma · categorical crossentropy, by class. Logits given as such become probabilities first. */
function categoricalFocal(loss: Loss, labels: Tensor, given: Prediction): Tensor {
  const prediction = loss.fromLogits ? { output: given.output.softmax(-1) } : given;
  const target = categoricalTarget(loss, labels, prediction);
  const logs = logProbabilities({ ...loss, fromLogits: false }, prediction);
  const factor = normalized(prediction.output)
    .neg()
    .add(1)
    .pow(loss.gamma ?? 2)
    .mul(loss.alpha ?? 0.25);
  return target.mul(logs).mul(factor).neg();
}

const leastProbability = 1e-7;

/** -y log p - (1 - y) log(1 - p), elementwise; of logits: max(z, 0) - z y + log(1 + exp(-|z|)). */
function binaryCrossentropy(loss: Loss, labels: Tensor, { output, logits }: Prediction): Tensor {
  const target = smooth(alignLabels(loss.kind, labels, output), loss.labelSmoothing, 0.5);
  const z = logits?.activation === "sigmoid" ? logits.values : loss.fromLogits ? output : undefined;
  if (z !== undefined) {
    const isPositive = z.greaterEqual(0); // chosen by where, so that the slope at 0 is sigmoid(0) - y
    const softened = where(isPositive, z.neg(), z).exp().log1p();
    return where(isPositive, z, 0).sub(z.mul(target)).add(softened);
  }
  const p = output.clip(leastProbability, 1 - leastProbability);
  return target
    .mul(p.log())
    .add(target.neg().add(1).mul(p.neg().add(1).log()))
    .neg();
}

/** log p over the last axis. */
function logProbabilities(loss: Loss, { output, logits }: Prediction): Tensor {
  if (logits?.activation === "softmax") return logits.values.logSoftmax(-1);
  if (loss.fromLogits) return output.logSoftmax(-1);
  if (loss.kind === "sparseCategoricalCrossentropy") {
    // Keras on TensorFlow: the logarithms of clipped probabilities are taken as logits.
    return output
      .clip(leastProbability, 1 - leastProbability)
      .log()
      .logSoftmax(-1);
  }
  return normalized(output).log();
}

/** Probabilities that sum to 1, clipped. */
function normalized(output: Tensor): Tensor {
  return output.div(output.sum(-1, { keepDims: true })).clip(leastProbability, 1 - leastProbability);
}

function smooth(target: Tensor, share: number, center: number): Tensor {
  return share === 0 ? target : target.mul(1 - share).add(share * center);
}

/** Labels as f32 of the predictions' shape; [n] becomes [n, 1]. @throws shape */
export function alignLabels(where: string, labels: Tensor, output: Tensor): Tensor {
  const isFlat = labels.rank === output.rank - 1 && output.shape.at(-1) === 1;
  const aligned = (isFlat ? labels.expandDims(-1) : labels).cast("f32");
  if (sameShape(aligned.shape, output.shape)) return aligned;
  const isSparse = labels.rank < output.rank || labels.shape.at(-1) === 1;
  const advice = isSparse
    ? 'For class numbers use "sparseCategoricalCrossentropy", or labelMode: "categorical".'
    : "Give the last layer as many units as the labels have columns.";
  throw new SinterError(
    "shape",
    `${where}: labels ${shapeText(labels.shape)} do not fit predictions ${shapeText(output.shape)}. ${advice}`,
    { labels: labels.shape, predictions: output.shape },
  );
}

/** Labels as i32 class numbers, without an axis of 1. @throws shape */
export function classNumbers(where: string, labels: Tensor, output: Tensor): Tensor {
  const flat = labels.rank === output.rank && labels.shape.at(-1) === 1 ? labels.squeeze(-1) : labels;
  if (sameShape(flat.shape, output.shape.slice(0, -1))) return flat.cast("i32");
  throw new SinterError(
    "shape",
    `${where}: labels ${shapeText(labels.shape)} are no class numbers for predictions ${shapeText(output.shape)}. ` +
      'For one-hot labels use "categoricalCrossentropy".',
    { labels: labels.shape, predictions: output.shape },
  );
}
