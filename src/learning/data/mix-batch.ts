// Random erasing, MixUp and CutMix of a whole batch as tensor operations, and what becomes of its labels. Draws nothing but
// the noise that fills an erased rectangle.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { arange, tensor } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { normal } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Box } from "#learning/data/box.ts";
import type { RandomErasingOptions } from "#learning/data/erase.ts";
import { columnOf } from "#learning/data/move-batch.ts";

/** A box as columns of a table. */
export function boxColumns({ top, bottom, left, right }: Box): readonly number[] {
  return [top, bottom, left, right];
}

/**
 * Rectangles filled.
 * @param images f32 [n, height, width, channels]
 * @param boxes f32 [n, 4]: top, bottom, left, right
 * @param noise i32 [2], the key of the noise
 * @returns f32 [n, height, width, channels]
 * @throws option when fillValue has not one value a channel
 */
export function eraseBatch(images: Tensor, boxes: Tensor, noise: Tensor, options: RandomErasingOptions): Tensor {
  return where(isInBox(boxes, 0, images), fill(images, noise, options.fillValue ?? null), images);
}

function fill(images: Tensor, noise: Tensor, fillValue: number | readonly number[] | null): Tensor | number {
  // Keras: normal numbers times the largest value, clipped.
  if (fillValue === null) return normal(noise, images.shape).mul(255).clip(0, 255);
  if (typeof fillValue === "number") return fillValue;
  const channels = images.shape.at(-1) ?? 1;
  if (fillValue.length === channels) return tensor(Float32Array.from(fillValue));
  throw new SinterError(
    "option",
    `randomErasing: fillValue has ${fillValue.length} values, the pictures have ${channels} channels. Give one a channel.`,
    { fillValue, channels },
  );
}

/** What the columns of mixing hold. */
const [partnerColumn, labelShareColumn, pixelShareColumn, boxColumn] = [0, 1, 2, 3];

/**
 * Pictures mixed with their partners.
 * @param images f32 [n, height, width, channels]
 * @param mixing f32 [n, 7]: partner, label share, pixel share, top, bottom, left, right
 */
export function mixBatch(images: Tensor, mixing: Tensor): Tensor {
  const share = columnOf(mixing, pixelShareColumn, 4);
  const partners = images.take(partnersOf(mixing)); // [n, height, width, channels]
  const mixed = images.mul(share).add(partners.mul(share.neg().add(1)));
  return where(isInBox(mixing, boxColumn, images), mixed, images);
}

/**
 * Labels as shares: each sample's own and its partner's.
 * @param labels [n, ...], one-hot or numbers
 * @returns f32 [n, ...]
 */
export function mixLabels(labels: Tensor, mixing: Tensor): Tensor {
  const own = labels.cast("f32");
  const share = columnOf(mixing, labelShareColumn, own.rank);
  return own.mul(share).add(own.take(partnersOf(mixing)).mul(share.neg().add(1)));
}

/** The label of the picture that has the larger share, laid out as the labels came: what metrics count. */
export function largerLabels(labels: Tensor, mixing: Tensor): Tensor {
  const isOwn = columnOf(mixing, labelShareColumn, labels.rank).greaterEqual(0.5);
  return where(isOwn, labels, labels.take(partnersOf(mixing))).cast(labels.dtype);
}

/** Fails for labels that lie on pixels: a pasted rectangle changes only its own. @throws option */
export function checkMixable(labels: Tensor): void {
  if (labels.rank <= 2) return;
  throw new SinterError(
    "option",
    `mixup and cutmix: labels ${shapeText(labels.shape)}, expected one row a sample. Leave them out of augment.`,
    { labels: labels.shape },
  );
}

/** i32 [n] */
function partnersOf(mixing: Tensor): Tensor {
  const [numRows = 0] = mixing.shape;
  return columnOf(mixing, partnerColumn, 1).cast("i32").reshape([numRows]);
}

/** Whether a pixel lies in its picture's box: [n, height, width, 1]. */
function isInBox(boxes: Tensor, first: number, images: Tensor): Tensor {
  const [, height = 0, width = 0] = images.shape;
  const row = arange(height, { dtype: "f32" }).reshape([1, height, 1, 1]);
  const column = arange(width, { dtype: "f32" }).reshape([1, 1, width, 1]);
  const bound = (number: number): Tensor => columnOf(boxes, first + number, 4);
  return row
    .greaterEqual(bound(0))
    .and(row.less(bound(1)))
    .and(column.greaterEqual(bound(2)))
    .and(column.less(bound(3)));
}
