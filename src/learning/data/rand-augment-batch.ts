// RandAugment of a whole batch as tensor operations: every operation is computed for every picture, and each picture keeps
// what it drew. Draws no number.

import { where } from "#engine/tensor/math.ts";
import { equalized, greyOf, smoothed, stretched } from "#engine/tensor/picture-colours.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { columnOf, moveBatch } from "#learning/data/move-batch.ts";
import {
  type Operation,
  type OperationName,
  operationNames,
  type RandAugmentOptions,
} from "#learning/data/rand-augment.ts";

/** Number, matrix (6), strength and threshold of one operation. */
const columnsPerOperation = 9;

/** A picture's operations as columns of a table. */
export function operationColumns(operations: readonly Operation[]): readonly number[] {
  return operations.flatMap(({ name, matrix, strength, threshold }) => [
    operationNames.indexOf(name),
    ...matrix,
    strength,
    threshold,
  ]);
}

/** What an operation does to f32 [n, height, width, channels], 0 to 255; numbers are [n, 1, 1, 1]. */
type Change = (images: Tensor, strength: Tensor, threshold: Tensor) => Tensor;

const changes: readonly (readonly [OperationName, Change])[] = [
  ["brightness", (images, strength) => images.add(strength)],
  ["colorDegeneration", (images, strength) => images.add(strength.mul(greyOf(images).sub(images)))],
  ["contrast", changeContrast],
  ["sharpness", (images, strength) => images.add(strength.neg().add(1).mul(smoothed(images).sub(images)))],
  ["posterization", (images, strength) => images.floor().div(strength).floor().mul(strength)],
  ["solarization", solarize],
  ["autoContrast", stretched],
  ["equalization", (images) => equalized(images)],
];

/**
 * The pictures after their operations.
 * @param images f32 [n, height, width, channels] in the options' value range
 * @param operations f32 [n, numOps · 9], see `operationColumns`
 * @returns f32 [n, height, width, channels]
 * @source Keras 3.15, RandAugment
 */
export function randAugmentBatch(images: Tensor, operations: Tensor, { valueRange }: RandAugmentOptions): Tensor {
  const [low, high] = valueRange ?? [0, 255];
  const isPlain = low === 0 && high === 255;
  const numRounds = (operations.shape[1] ?? 0) / columnsPerOperation;
  let changed = isPlain ? images : images.sub(low).mul(255 / (high - low));
  for (let round = 0; round < numRounds; round += 1) changed = applyRound(changed, operations, round);
  return isPlain ? changed : changed.mul((high - low) / 255).add(low);
}

function applyRound(images: Tensor, operations: Tensor, round: number): Tensor {
  const first = round * columnsPerOperation;
  const [numPictures = 0] = images.shape;
  const matrices = operations.slice([0, first + 1], [numPictures, 6]);
  const [number, strength, threshold] = [0, 7, 8].map((column) => columnOf(operations, first + column, 4));
  const moved = moveBatch(images, matrices, { fillMode: "reflect" });
  if (number === undefined || strength === undefined || threshold === undefined) return moved;
  return changes.reduce(
    (kept, [name, change]) =>
      where(number.equal(operationNames.indexOf(name)), change(moved, strength, threshold).clip(0, 255), kept),
    moved,
  );
}

function changeContrast(images: Tensor, strength: Tensor): Tensor {
  const mean = images.mean([1, 2], { keepDims: true });
  return images.sub(mean).mul(strength).add(mean);
}

function solarize(images: Tensor, strength: Tensor, threshold: Tensor): Tensor {
  const added = images.add(strength).clip(0, 255);
  return where(added.less(threshold), added, added.neg().add(255));
}
