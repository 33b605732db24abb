// What a loss is worth: one scalar from labels and predictions, or one number a sample. Losses take a network's logits where it
// has them, else clip probabilities as Keras.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { onesLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import {
  binaryCrossentropy,
  binaryFocal,
  categoricalCrossentropy,
  categoricalFocal,
  generalizedCrossentropy,
  sparseCrossentropy,
} from "./crossentropy-losses.ts";
import { ctc } from "./ctc-loss.ts";
import { circle, contrastive, triplet } from "./embedding-losses.ts";
import { categoricalHinge, hinge } from "./hinge-losses.ts";
import type { Loss, LossName, Prediction } from "./losses.ts";
import { dice, tversky } from "./overlap-losses.ts";
import { cosineSimilarity, divergence, elementErrors, poisson, type ErrorKind } from "./regression-losses.ts";
import { alongside, weightedMean } from "./weighted-mean.ts";

/** The samples' losses, and which of them count; all where it is left out. */
export interface SampleLosses {
  readonly values: Tensor;
  /** Whether a value counts; of the values' shape. */
  readonly counted?: Tensor;
}

/**
 * The samples' losses as one number: their mean, or what the loss's reduction says.
 * @param labels class numbers for the sparse losses, circle and triplet; else of the predictions' shape
 * @param weights what the loss of each sample, f32 [n], or place, f32 [n, time], is multiplied with before the mean; the
 *   mean is still one of all that the mask leaves
 * @throws shape when labels do not fit the predictions
 */
export function lossValue(loss: Loss, labels: Tensor, prediction: Prediction, weights?: Tensor): Tensor {
  const { values: own, counted } = countedLosses(loss, labels, prediction);
  // A loss of the whole batch is counted once for each weight.
  const values = own.rank === 0 && weights !== undefined ? own.broadcastTo(weights.shape) : own;
  const { reduction = "sumOverBatchSize" } = loss;
  const isMean = reduction === "sumOverBatchSize" || reduction === "mean";
  if (isMean && counted === undefined) return weightedMean(values, weights, prediction.mask);
  const factors = weights === undefined ? undefined : alongside(weights, values, "sampleWeight");
  const mask = prediction.mask === undefined ? undefined : alongside(prediction.mask, values, "the output's mask");
  const isThere = mask === undefined || counted === undefined ? (mask ?? counted) : mask.and(counted);
  const heeded = (all: Tensor): Tensor => (isThere === undefined ? all : where(isThere, all, 0)).sum();
  const sum = heeded(factors === undefined ? values : values.mul(factors));
  if (reduction === "sum") return sum;
  const share = isMean || factors === undefined ? onesLike(values) : factors.broadcastTo(values.shape);
  const whole = heeded(share);
  return sum.div(where(whole.equal(0), 1, whole)); // 0 where nothing counts
}

/** One loss for each sample (and place, for predictions of rank above 2), 0 where it does not count. */
export function sampleLosses(loss: Loss, labels: Tensor, prediction: Prediction): Tensor {
  const { values, counted } = countedLosses(loss, labels, prediction);
  return counted === undefined ? values : where(counted, values, 0);
}

function countedLosses(loss: Loss, labels: Tensor, prediction: Prediction): SampleLosses {
  switch (loss.kind) {
    case "sparseCategoricalCrossentropy":
      return sparseCrossentropy(loss, labels, prediction);
    case "circle":
      return circle(loss, labels, prediction);
    default:
      return { values: plainLosses[loss.kind](loss, labels, prediction) };
  }
}

/** The samples' losses of labels and a prediction. */
type LossFunction = (loss: Loss, labels: Tensor, prediction: Prediction) => Tensor;

const meanError =
  (kind: ErrorKind): LossFunction =>
  (loss, labels, prediction) =>
    elementErrors(kind, loss, labels, prediction).mean(-1);

/** The losses of which every sample counts. */
const plainLosses: Readonly<Record<Exclude<LossName, "sparseCategoricalCrossentropy" | "circle">, LossFunction>> = {
  meanSquaredError: meanError("meanSquaredError"),
  meanAbsoluteError: meanError("meanAbsoluteError"),
  meanAbsolutePercentageError: meanError("meanAbsolutePercentageError"),
  meanSquaredLogarithmicError: meanError("meanSquaredLogarithmicError"),
  huber: meanError("huber"),
  logCosh: meanError("logCosh"),
  cosineSimilarity,
  poisson: (loss, labels, prediction) => poisson(loss, labels, prediction).mean(-1),
  klDivergence: (loss, labels, prediction) => divergence(loss, labels, prediction).sum(-1),
  hinge: (loss, labels, prediction) => hinge(loss, labels, prediction).mean(-1),
  squaredHinge: (loss, labels, prediction) => hinge(loss, labels, prediction).square().mean(-1),
  categoricalHinge,
  binaryCrossentropy: (loss, labels, prediction) => binaryCrossentropy(loss, labels, prediction).mean(-1),
  binaryFocalCrossentropy: (loss, labels, prediction) => binaryFocal(loss, labels, prediction).mean(-1),
  categoricalCrossentropy,
  categoricalFocalCrossentropy: (loss, labels, prediction) => categoricalFocal(loss, labels, prediction).sum(-1),
  categoricalGeneralizedCrossEntropy: generalizedCrossentropy,
  ctc: (_loss, labels, prediction) => ctc(labels, prediction),
  dice,
  tversky,
  triplet,
  contrastive: (loss, labels, prediction) => contrastive(loss, labels, prediction).mean(-1),
};
