// Labels as losses and metrics take them: of the predictions' shape, or as class numbers.

import { SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText } from "#engine/base/shape.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

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
