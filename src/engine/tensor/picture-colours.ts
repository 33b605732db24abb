// What changes the colours of pictures and has no place: grey, smoothed, stretched, equalized. Each picture by itself;
// draws no number.

import { arange } from "#engine/tensor/create.ts";
import { dot, where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";

/**
 * ITU-R 601's grey; one channel is grey already.
 * @param images f32 [n, height, width, channels]
 * @returns f32 [n, height, width, 1]
 */
export function greyOf(images: Tensor): Tensor {
  const channels = images.shape.at(-1) ?? 1;
  if (channels < 3) return images.mean(-1, { keepDims: true });
  return channelOf(images, 0).mul(0.2989).add(channelOf(images, 1).mul(0.587)).add(channelOf(images, 2).mul(0.114));
}

/** One channel: [n, height, width, 1]. */
export function channelOf(images: Tensor, index: number): Tensor {
  return images.slice([0, 0, 0, index], [...images.shape.slice(0, 3), 1]);
}

/** A 3 x 3 mean that counts the middle five times; 0 outside, as in Keras. f32 [n, height, width, channels] */
export function smoothed(images: Tensor): Tensor {
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

/** Each channel's values stretched to 0 to 255; a channel of one value stays. f32 [n, height, width, channels] */
export function stretched(images: Tensor): Tensor {
  const low = images.min([1, 2], { keepDims: true });
  const extent = images.max([1, 2], { keepDims: true }).sub(low);
  const isFlat = extent.equal(0);
  const scale = where(isFlat, 1, extent);
  return where(isFlat, images, images.sub(low).mul(255).div(scale));
}

/**
 * Each channel's values spread so that all levels are about equally frequent; a channel of one level stays.
 * @param images f32 [n, height, width, channels], 0 to 255
 * @param numLevels 2 or more
 * @source Keras 3.15, layers.Equalization, of one picture
 */
export function equalized(images: Tensor, numLevels = 256): Tensor {
  const [numPictures = 0, height = 0, width = 0, channels = 0] = images.shape;
  const isPlain = numLevels === 256;
  const counted = levelOf(isPlain ? images : images.mul(numLevels - 1).div(255), numLevels);
  const counts = histogram(counted.reshape([numPictures, height * width, channels]), numLevels);
  const isUpTo = arange(numLevels).expandDims(1).lessEqual(arange(numLevels)).cast("f32");
  const cumulative = dot(counts, isUpTo, { leftContract: [1], rightContract: [0] }); // [n · channels, numLevels]
  const least = where(cumulative.greater(0), cumulative, height * width).min(1, { keepDims: true });
  const rest = least
    .neg()
    .add(height * width)
    .maximum(1);
  const table = cumulative.sub(least).mul(255).div(rest).round().clip(0, 255);
  const numFound = counts.greater(0).cast("f32").sum(1).reshape([numPictures, 1, 1, channels]);
  const start = arange(numPictures * channels)
    .mul(numLevels)
    .reshape([numPictures, 1, 1, channels]);
  const place = isPlain ? counted : levelOf(images.div(255).mul(numLevels - 1), numLevels);
  const spread = table.reshape([numPictures * channels * numLevels]).take(start.add(place.cast("i32")));
  return where(numFound.lessEqual(1), images, spread);
}

function levelOf(scaled: Tensor, numLevels: number): Tensor {
  return scaled.clip(0, numLevels - 1).floor();
}

/**
 * How often each level occurs in each channel, as a product of two one-hot codes: of the level's two digits.
 * @param level f32 [n, pixels, channels], whole numbers 0 to numLevels - 1
 * @returns f32 [n · channels, numLevels]
 */
function histogram(level: Tensor, numLevels: number): Tensor {
  const [numPictures = 0, , channels = 0] = level.shape;
  const base = Math.ceil(Math.sqrt(numLevels));
  const high = level.div(base).floor();
  const low = level.sub(high.mul(base));
  const code = (digit: Tensor): Tensor =>
    digit
      .expandDims(3)
      .equal(arange(base, { dtype: "f32" }))
      .cast("f32");
  const axes = { leftBatch: [0, 2], rightBatch: [0, 2], leftContract: [1], rightContract: [1] };
  const counts = dot(code(high), code(low), axes).reshape([numPictures * channels, base * base]);
  return counts.slice([0, 0], [numPictures * channels, numLevels]);
}
