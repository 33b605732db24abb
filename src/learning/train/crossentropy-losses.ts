// Crossentropies of labels and predicted probabilities, from logits where a network gives them.

import { tensor } from "#engine/tensor/create.ts";
import { oneHot, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { alignLabels, classNumbers } from "./labels.ts";
import type { SampleLosses } from "./loss-value.ts";
import type { Loss, Prediction } from "./losses.ts";

const leastProbability = 1e-7;

function categoricalTarget(loss: Loss, labels: Tensor, { output }: Prediction): Tensor {
  return smooth(alignLabels(loss.kind, labels, output), loss.labelSmoothing, 1 / (output.shape.at(-1) ?? 1));
}

/** (1 - p of the label)^gamma · binary crossentropy, elementwise. Logits given as such become probabilities first. */
export function binaryFocal(loss: Loss, labels: Tensor, given: Prediction): Tensor {
  const prediction = loss.fromLogits ? { output: given.output.sigmoid() } : given;
  const crossentropy = binaryCrossentropy({ ...loss, fromLogits: false }, labels, prediction);
  const target = smooth(alignLabels(loss.kind, labels, prediction.output), loss.labelSmoothing, 0.5);
  const { output } = prediction;
  const rest = target.neg().add(1);
  const missing = target.mul(output.neg().add(1)).add(rest.mul(output)); // 1 - p of the label
  const focal = missing.pow(loss.gamma ?? 2).mul(crossentropy);
  if (loss.applyClassBalancing !== true) return focal;
  const alpha = typeof loss.alpha === "number" ? loss.alpha : 0.25;
  return focal.mul(target.mul(alpha).add(rest.mul(1 - alpha)));
}

/** alpha · (1 - p)^gamma · categorical crossentropy, by class. Logits given as such become probabilities first. */
export function categoricalFocal(loss: Loss, labels: Tensor, given: Prediction): Tensor {
  const prediction = loss.fromLogits ? { output: given.output.softmax(-1) } : given;
  const target = categoricalTarget(loss, labels, prediction);
  const logs = logProbabilities({ ...loss, fromLogits: false }, prediction);
  const factor = normalized(prediction.output)
    .neg()
    .add(1)
    .pow(loss.gamma ?? 2)
    .mul(shareOf(loss.alpha));
  return target.mul(logs).mul(factor).neg();
}

/** The factor of the focal loss: one number, or one for each class. */
function shareOf(alpha: Loss["alpha"] = 0.25): Tensor | number {
  return typeof alpha === "number" ? alpha : tensor(Float64Array.from(alpha));
}

/** -Σ y log p over the last axis. */
export function categoricalCrossentropy(loss: Loss, labels: Tensor, prediction: Prediction): Tensor {
  return categoricalTarget(loss, labels, prediction).mul(logProbabilities(loss, prediction)).sum(-1).neg();
}

/** -log p of the class that a number names; places of `ignoreClass` do not count. */
export function sparseCrossentropy(loss: Loss, labels: Tensor, prediction: Prediction): SampleLosses {
  const { output } = prediction;
  const classes = classNumbers(loss.kind, labels, output);
  const target = oneHot(classes, output.shape.at(-1) ?? 1);
  const values = target.mul(logProbabilities(loss, prediction)).sum(-1).neg();
  const { ignoreClass = null } = loss;
  return ignoreClass === null ? { values } : { values, counted: classes.notEqual(ignoreClass) };
}

/** (1 - p^q) / q of the probability of the class that a number names. */
export function generalizedCrossentropy({ kind, q = 0.5 }: Loss, labels: Tensor, { output }: Prediction): Tensor {
  const target = oneHot(classNumbers(kind, labels, output), output.shape.at(-1) ?? 1);
  const probability = target.mul(output).sum(-1);
  return probability.pow(q).neg().add(1).div(q);
}

/** -y log p - (1 - y) log(1 - p), elementwise; of logits: max(z, 0) - z y + log(1 + exp(-|z|)). */
export function binaryCrossentropy(loss: Loss, labels: Tensor, { output, logits }: Prediction): Tensor {
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
