// Augmentation of a whole batch: draws each sample's change on the host, moves and colours the pixels as tensor operations,
// so that they are one kernel with whatever follows. Never reads a file.

import type { Tensor } from "#engine/tensor/tensor.ts";
import { type AugmentOptions, drawAugmentation } from "#learning/data/augment.ts";
import type { HostTensor } from "#learning/data/dataset.ts";
import { drawErasing, noiseKey } from "#learning/data/erase.ts";
import { boxColumns, eraseBatch, mixBatch } from "#learning/data/mix-batch.ts";
import { drawMixing } from "#learning/data/mix.ts";
import { columnOf, moveBatch } from "#learning/data/move-batch.ts";
import { operationColumns, randAugmentBatch } from "#learning/data/rand-augment-batch.ts";
import { drawOperations } from "#learning/data/rand-augment.ts";

/** The changes of a batch: host tensors as they are drawn, tensors as `augmentBatch` takes them. */
export interface BatchChanges<Values> {
  /** f32 [n, 6]: output (row, column, 1) to the input's row and column. */
  readonly matrices: Values;
  /** f32 [n, 2]: channel shift, brightness factor. */
  readonly colours: Values;
  /** f32 [n, numOps · 9], of randAugment: see `operationColumns`. */
  readonly operations?: Values;
  /** f32 [n, 4], of randomErasing: top, bottom, left, right. */
  readonly erasing?: Values;
  /** i32 [2], of randomErasing's noise. */
  readonly noise?: Values;
  /** f32 [n, 7], of mixup and cutmix: partner, label share, pixel share, top, bottom, left, right. */
  readonly mixing?: Values;
}

/** Where a batch stands: its changes are a pure function of this and of the options. */
export interface BatchPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly indices: readonly number[];
}

/** The changes of a batch of pictures of one size. */
export function drawBatchAugmentation(
  options: AugmentOptions,
  place: BatchPlace,
  height: number,
  width: number,
): BatchChanges<HostTensor> {
  const { randAugment, randomErasing, mixup, cutmix } = options;
  const places = place.indices.map((index) => ({ seed: place.seed, epoch: place.epoch, index }));
  const drawn = places.map((one) => drawAugmentation(options, one, height, width));
  return {
    matrices: table(drawn.map(({ matrix }) => matrix)),
    colours: table(drawn.map(({ channelShift, brightness }) => [channelShift, brightness])),
    ...(randAugment === undefined
      ? {}
      : { operations: table(places.map((one) => operationColumns(drawOperations(randAugment, one, height, width)))) }),
    ...(randomErasing === undefined
      ? {}
      : {
          erasing: table(places.map((one) => boxColumns(drawErasing(randomErasing, one, height, width)))),
          noise: { data: noiseKey(place), shape: [2], dtype: "i32" },
        }),
    ...(mixup === undefined && cutmix === undefined
      ? {}
      : {
          mixing: table(
            drawMixing(options, place, height, width).map(({ partner, labelShare, pixelShare, box }) => [
              partner,
              labelShare,
              pixelShare,
              ...boxColumns(box),
            ]),
          ),
        }),
  };
}

/** Rows of numbers as f32 [n, k]. */
function table(rows: readonly (readonly number[])[]): HostTensor {
  return { data: Float32Array.from(rows.flat()), shape: [rows.length, rows[0]?.length ?? 0], dtype: "f32" };
}

/** The same changes in another form. */
export function mapChanges<From, To>(changes: BatchChanges<From>, convert: (values: From) => To): BatchChanges<To> {
  const { matrices, colours, operations, erasing, noise, mixing } = changes;
  return {
    matrices: convert(matrices),
    colours: convert(colours),
    ...(operations === undefined ? {} : { operations: convert(operations) }),
    ...(erasing === undefined ? {} : { erasing: convert(erasing) }),
    ...(noise === undefined ? {} : { noise: convert(noise) }),
    ...(mixing === undefined ? {} : { mixing: convert(mixing) }),
  };
}

/**
 * The pictures moved (bilinear), shifted and brightened, unrounded where Keras does not round; then RandAugment, erasing,
 * CutMix or MixUp. Keras's order: affine, channel shift, flips, brightness.
 * @param images u8 or f32 [n, height, width, channels], 0 to 255
 * @param options what is asked for, fillMode and fill values; they are static
 * @returns f32 [n, height, width, channels]
 * @source Keras 3.15, ImageDataGenerator.apply_transform
 */
export function augmentBatch(images: Tensor, changes: BatchChanges<Tensor>, options: AugmentOptions): Tensor {
  const { colours, operations, erasing, noise, mixing } = changes;
  const { randAugment, randomErasing } = options;
  const moved = isMoving(options) ? moveBatch(images, changes.matrices, options) : images.cast("f32");
  const shifted = (options.channelShiftRange ?? 0) === 0 ? moved : shiftChannels(moved, columnOf(colours, 0, 4));
  const lit = options.brightnessRange === undefined ? shifted : brighten(shifted, columnOf(colours, 1, 4));
  const varied =
    randAugment === undefined || operations === undefined ? lit : randAugmentBatch(lit, operations, randAugment);
  const erased =
    randomErasing === undefined || erasing === undefined || noise === undefined
      ? varied
      : eraseBatch(varied, erasing, noise, randomErasing);
  return mixing === undefined ? erased : mixBatch(erased, mixing);
}

/** Whether any picture may move: else reading each pixel by its matrix is left out. */
function isMoving(options: AugmentOptions): boolean {
  const { rotationRange = 0, widthShiftRange = 0, heightShiftRange = 0, shearRange = 0, zoomRange = 0 } = options;
  const ranges = [rotationRange, widthShiftRange, heightShiftRange, shearRange, zoomRange];
  return options.horizontalFlip === true || options.verticalFlip === true || ranges.some((range) => range !== 0);
}

/** Clips at each picture's own bounds before the shift. */
function shiftChannels(moved: Tensor, shift: Tensor): Tensor {
  const axes = [1, 2, 3];
  const low = moved.min(axes, { keepDims: true });
  const high = moved.max(axes, { keepDims: true });
  return moved.add(shift).maximum(low).minimum(high);
}

/** Through 8 bits, as Pillow's ImageEnhance.Brightness. */
function brighten(shifted: Tensor, factor: Tensor): Tensor {
  return shifted.floor().mul(factor).floor().clip(0, 255);
}
