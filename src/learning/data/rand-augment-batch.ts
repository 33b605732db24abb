// RandAugment of a whole batch as tensor operations: every operation is computed for every picture, and each picture keeps
// what it drew. Draws no number.

import { arange } from "#engine/tensor/create.ts";
import { dot, where } from "#engine/tensor/math.ts";
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
  ["colorDegeneration", (images, strength) => images.add(strength.mul(grey(images).sub(images)))],
  ["contrast", changeContrast],
  ["sharpness", (images, strength) => images.add(strength.neg().add(1).mul(smooth(images).sub(images)))],
  ["posterization", (images, strength) => images.floor().div(strength).floor().mul(strength)],
  ["solarization", solarize],
  ["autoContrast", stretch],
  ["equalization", equalize],
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

/** ITU-R 601's weights; one channel is grey already. */
function grey(images: Tensor): Tensor {
  const channels = images.shape.at(-1) ?? 1;
  if (channels < 3) return images.mean(-1, { keepDims: true });
  const channel = (index: number): Tensor => images.slice([0, 0, 0, index], [...images.shape.slice(0, 3), 1]);
  return channel(0).mul(0.2989).add(channel(1).mul(0.587)).add(channel(2).mul(0.114));
}

function changeContrast(images: Tensor, strength: Tensor): Tensor {
  const mean = images.mean([1, 2], { keepDims: true });
  return images.sub(mean).mul(strength).add(mean);
}

/** A 3 x 3 mean that counts the middle five times; 0 outside, as in Keras. */
function smooth(images: Tensor): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = images.shape;
  const padded = images.pad([0, 1, 1, 0], [0, 1, 1, 0]);
  const shifted = (row: number, column: number): Tensor =>
    padded.slice([0, row, column, 0], [numPictures, height, width, channels]);
  const columns = [0, 1, 2];
  const sum = columns
    .flatMap((row) => columns.map((column) => shifted(row, column)))
    .reduce((total, part) => total.add(part));
  return sum.add(images.mul(4)).mul(1 / 13);
}

function solarize(images: Tensor, strength: Tensor, threshold: Tensor): Tensor {
  const added = images.add(strength).clip(0, 255);
  return where(added.less(threshold), added, added.neg().add(255));
}

/** Each channel's values stretched to 0 to 255; a channel of one value stays. */
function stretch(images: Tensor): Tensor {
  const low = images.min([1, 2], { keepDims: true });
  const extent = images.max([1, 2], { keepDims: true }).sub(low);
  const isFlat = extent.equal(0);
  const scale = where(isFlat, 1, extent);
  return where(isFlat, images, images.sub(low).mul(255).div(scale));
}

/** Each channel's values spread so that all levels are about equally frequent; a channel of one level stays. */
function equalize(images: Tensor): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = images.shape;
  const level = images.clip(0, 255).floor();
  const counts = histogram(level.reshape([numPictures, height * width, channels]));
  const isUpTo = arange(256).expandDims(1).lessEqual(arange(256)).cast("f32");
  const cumulative = dot(counts, isUpTo, { leftContract: [1], rightContract: [0] }); // [n · channels, 256]
  const least = where(cumulative.greater(0), cumulative, height * width).min(1, { keepDims: true });
  const rest = least
    .neg()
    .add(height * width)
    .maximum(1);
  const table = cumulative.sub(least).mul(255).div(rest).round().clip(0, 255);
  const numLevels = counts.greater(0).cast("f32").sum(1).reshape([numPictures, 1, 1, channels]);
  const start = arange(numPictures * channels)
    .mul(256)
    .reshape([numPictures, 1, 1, channels]);
  const spread = table.reshape([numPictures * channels * 256]).take(start.add(level.cast("i32")));
  return where(numLevels.lessEqual(1), images, spread);
}

/**
 * How often each level occurs in each channel, as a product of two one-hot codes: 16 by 16 levels.
 * @param level f32 [n, pixels, channels], whole numbers 0 to 255
 * @returns f32 [n · channels, 256]
 */
function histogram(level: Tensor): Tensor {
  const [numPictures = 0, , channels = 0] = level.shape;
  const high = level.mul(1 / 16).floor();
  const low = level.sub(high.mul(16));
  const code = (digit: Tensor): Tensor =>
    digit
      .expandDims(3)
      .equal(arange(16, { dtype: "f32" }))
      .cast("f32");
  const axes = { leftBatch: [0, 2], rightBatch: [0, 2], leftContract: [1], rightContract: [1] };
  return dot(code(high), code(low), axes).reshape([numPictures * channels, 256]);
}
