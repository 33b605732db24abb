// Losses: one scalar from labels and predictions, the mean over samples. They take a network's logits where it has them,
// else clip probabilities as Keras.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, numberWithin } from "#engine/base/options.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import { oneHot, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Logits } from "#learning/nn/layer.ts";

export const lossNames = [
  "meanSquaredError",
  "binaryCrossentropy",
  "categoricalCrossentropy",
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
}

/** What a network gives for a batch. */
export interface Prediction {
  readonly output: Tensor;
  readonly logits?: Logits | undefined;
}

interface CrossentropyOptions {
  readonly fromLogits?: boolean;
  readonly labelSmoothing?: number;
}

/**
 * Keras's losses by name.
 * @source Keras 3, losses/losses.py
 */
export const losses: {
  meanSquaredError(): Loss;
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  sparseCategoricalCrossentropy(options?: { readonly fromLogits?: boolean }): Loss;
} = {
  meanSquaredError: () => ({ kind: "meanSquaredError", fromLogits: false, labelSmoothing: 0 }),
  binaryCrossentropy: (options) => crossentropy("binaryCrossentropy", options, ["fromLogits", "labelSmoothing"]),
  categoricalCrossentropy: (options) =>
    crossentropy("categoricalCrossentropy", options, ["fromLogits", "labelSmoothing"]),
  sparseCategoricalCrossentropy: (options) => crossentropy("sparseCategoricalCrossentropy", options, ["fromLogits"]),
};

function crossentropy(kind: LossName, options: CrossentropyOptions = {}, known: readonly string[]): Loss {
  checkOptions(kind, options, known);
  const labelSmoothing = numberWithin(kind, "labelSmoothing", options.labelSmoothing ?? 0, 0, 1);
  return { kind, fromLogits: options.fromLogits ?? false, labelSmoothing };
}

/** A loss from its name or itself, checked. @throws option naming the right one */
export function checkLoss(value: LossName | Loss): Loss {
  if (typeof value === "string") return losses[choice("compile", "loss", value, lossNames)]();
  const kind = choice("compile", "loss", value.kind, lossNames);
  checkOptions(kind, value, ["kind", "fromLogits", "labelSmoothing"]);
  return { ...losses[kind](), ...value };
}

/**
 * The mean over samples, a scalar.
 * @param labels class numbers [n] or [n, 1] for sparseCategoricalCrossentropy, else of the predictions' shape
 * @throws shape when labels do not fit the predictions
 */
export function lossValue(loss: Loss, labels: Tensor, prediction: Prediction): Tensor {
  return sampleLosses(loss, labels, prediction).mean();
}

/** One loss for each sample (and place, for predictions of rank above 2). */
export function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor {
  switch (loss.kind) {
    case "meanSquaredError":
      return prediction.output
        .sub(alignLabels(loss.kind, labels, prediction.output))
        .square()
        .mean(-1);
    case "binaryCrossentropy":
      return binaryCrossentropy(loss, labels, prediction).mean(-1);
    case "categoricalCrossentropy": {
      const target = alignLabels(loss.kind, labels, prediction.output);
      const numClasses = prediction.output.shape.at(-1) ?? 1;
      const smoothed = smooth(target, loss.labelSmoothing, 1 / numClasses);
      return smoothed.mul(logProbabilities(loss, prediction)).sum(-1).neg();
    }
    case "sparseCategoricalCrossentropy": {
      const target = oneHot(classNumbers(loss.kind, labels, prediction.output), prediction.output.shape.at(-1) ?? 1);
      return target.mul(logProbabilities(loss, prediction)).sum(-1).neg();
    }
    default:
      return loss.kind satisfies never;
  }
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
  const normalized = output.div(output.sum(-1, { keepDims: true }));
  return normalized.clip(leastProbability, 1 - leastProbability).log();
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
