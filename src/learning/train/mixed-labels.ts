// The labels of a training step whose pictures MixUp or CutMix has mixed: shares for the loss, one class for the metrics.

import { SinterError } from "#engine/base/error.ts";
import { oneHot } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkMixable, largerLabels, mixLabels } from "#learning/data/mix-batch.ts";
import type { DeviceBatch } from "./device-batch.ts";
import { classNumbers } from "./labels.ts";
import type { Loss, Prediction } from "./losses.ts";

/** What the loss compares predictions with. */
export interface LossLabels {
  readonly loss: Loss;
  readonly labels: Tensor;
}

/**
 * The labels as the loss takes them: mixed where the pictures are. Class numbers become one-hot rows, and the loss the one
 * for rows.
 * @throws option for labels on pixels, or a loss of class numbers without a form for shares
 */
export function lossLabels(loss: Loss, { y, changes }: DeviceBatch, { output }: Prediction): LossLabels {
  const mixing = changes?.mixing;
  if (mixing === undefined) return { loss, labels: y };
  if (loss.kind === "sparseCategoricalCrossentropy") {
    const rows = oneHot(classNumbers(loss.kind, y, output), output.shape.at(-1) ?? 1);
    checkMixable(rows);
    return { loss: { ...loss, kind: "categoricalCrossentropy" }, labels: mixLabels(rows, mixing) };
  }
  checkMixable(y);
  if (y.dtype === "i32" && y.rank === 1 && (output.shape.at(-1) ?? 1) > 1) {
    throw new SinterError(
      "option",
      `mixup and cutmix: ${loss.kind} of class numbers cannot take shares of classes. Use ` +
        `"sparseCategoricalCrossentropy", or labelMode: "categorical".`,
      { loss: loss.kind },
    );
  }
  return { loss, labels: mixLabels(y, mixing) };
}

/** What the samples' losses count: of mixed pictures their weights in the same shares. */
export function lossWeights({ weights, changes }: DeviceBatch): Tensor | undefined {
  return weights === undefined || changes?.mixing === undefined ? weights : mixLabels(weights, changes.mixing);
}

/** The labels that metrics count: of the picture with the larger share, laid out as they came. */
export function countedLabels({ y, changes }: DeviceBatch): Tensor {
  return changes?.mixing === undefined ? y : largerLabels(y, changes.mixing);
}
