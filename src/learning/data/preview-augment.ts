// Pictures as training will see them: for people to look at before they train. Draws what training draws.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { shapeText } from "#engine/base/shape.ts";
import { type Picture, platform } from "#engine/platform/api.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { augmentBatch, drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import type { HostTensor } from "#learning/data/dataset.ts";
import { permutation } from "#learning/data/order.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";

export interface PreviewOptions {
  /** Default 4. */
  readonly numPictures?: number;
  /** Of each picture; default 6. */
  readonly numVariants?: number;
  /** Of the choice of pictures and of their changes; default the data set's own. */
  readonly seed?: number;
  /** What black and white are, for pictures that are no bytes; default [0, 255]. */
  readonly valueRange?: readonly [low: number, high: number];
}

/** One picture and what augmentation makes of it. */
export interface AugmentPreview {
  /** The sample's position in the data set. */
  readonly index: number;
  readonly file?: string;
  readonly original: Picture;
  /** The n-th is what training sees in its n-th epoch; with mixup and cutmix, mixed with others of the preview. */
  readonly variants: readonly Picture[];
}

/**
 * Some pictures of a data set with their changes, one of each class in turn.
 * @throws option for a data set that changes no picture; shape for samples that are no pictures
 * @example
 * const previews = await previewAugment(train, { numPictures: 3, numVariants: 5 });
 * const png = await encodePng(previewSheet(previews));
 */
export async function previewAugment(dataset: SampleDataset, options: PreviewOptions = {}): Promise<AugmentPreview[]> {
  const { seed = dataset.seed, valueRange = [0, 255] } = options;
  const numPictures = integer("previewAugment", "numPictures", options.numPictures ?? 4, 1);
  const numVariants = integer("previewAugment", "numVariants", options.numVariants ?? 6, 1);
  const { augment } = dataset;
  checkPictures(dataset);
  if (augment === undefined) {
    throw new SinterError("option", 'previewAugment: the data set changes no picture. Give it augment: "standard".');
  }
  const chosen = choosePositions(dataset, numPictures, seed);
  const view = { batchSize: chosen.length, shuffle: false, oversample: undefined };
  const found: { x: HostTensor; indices: readonly number[] }[] = [];
  for await (const batch of dataset.subset(chosen, view).batches(0)) found.push(batch);
  const [batch] = found;
  if (batch === undefined) throw new SinterError("data", "previewAugment: no picture could be read. See broken.");
  const indices = batch.indices.map((row) => chosen[row] ?? row);
  const originals = picturesOf(batch.x.data, batch.x.shape, valueRange);
  const images = tensor(batch.x.data, { shape: batch.x.shape, dtype: batch.x.dtype });
  const epochs: (readonly Picture[])[] = [];
  for (let epoch = 0; epoch < numVariants; epoch += 1) {
    const values = changed(images, augment, { seed, epoch, indices });
    // oxlint-disable-next-line no-await-in-loop -- one batch in memory at a time
    epochs.push(picturesOf(await values.data(), images.shape, valueRange));
    values.dispose();
  }
  images.dispose();
  return originals.map((original, row) => {
    const index = indices[row] ?? 0;
    const file = dataset.files?.[index];
    const variants = epochs.flatMap((pictures) => pictures[row] ?? []);
    return { index, ...(file === undefined ? {} : { file }), original, variants };
  });
}

function changed(
  images: Tensor,
  augment: AugmentOptions,
  place: { readonly seed: number; readonly epoch: number; readonly indices: readonly number[] },
): Tensor {
  const [, height = 0, width = 0] = images.shape;
  const changes = drawBatchAugmentation(augment, place, height, width);
  return augmentBatch(
    images,
    mapChanges(changes, ({ data, shape, dtype }) => tensor(data, { shape, dtype })),
    augment,
  );
}

function checkPictures({ elementShape }: SampleDataset): void {
  const [, , channels] = elementShape;
  if (elementShape.length === 3 && (channels === 1 || channels === 3 || channels === 4)) return;
  throw new SinterError(
    "shape",
    `previewAugment: samples are ${shapeText(elementShape)}, expected pictures [height, width, 1, 3 or 4].`,
    { elementShape },
  );
}

/** Positions in an order that the seed decides, one of each class in turn. */
function choosePositions({ numSamples, labels }: SampleDataset, numPictures: number, seed: number): number[] {
  const numBefore = new Map<number, number>();
  const ranked = Array.from(permutation(numSamples, seed, 0, "window"), (position) => {
    const label = labels?.[position] ?? 0;
    const rank = numBefore.get(label) ?? 0;
    numBefore.set(label, rank + 1);
    return { position, label, rank };
  });
  const inTurn = ranked.toSorted((a, b) => a.rank - b.rank || a.label - b.label);
  return inTurn.slice(0, numPictures).map(({ position }) => position);
}

/** [n, height, width, channels] as pictures of bytes. */
function picturesOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  [low, high]: readonly [low: number, high: number],
): Picture[] {
  const [numPictures = 0, height = 0, width = 0, channels = 3] = shape;
  const size = height * width * channels;
  const scale = 255 / (high - low);
  return Array.from({ length: numPictures }, (_, row): Picture => {
    // A clamped array rounds and clips as pictures want it.
    const data = Uint8ClampedArray.from(
      { length: size },
      (__, index) => ((values[row * size + index] ?? 0) - low) * scale,
    );
    return {
      height,
      width,
      channels: channels === 1 ? 1 : channels === 4 ? 4 : 3,
      data: new Uint8Array(data.buffer),
    };
  });
}

/**
 * The previews as one picture: a row each, the original first, white between.
 * @param gap pixels between pictures
 */
export function previewSheet(previews: readonly AugmentPreview[], gap = 4): Picture {
  const rows = previews.map(({ original, variants }) => [original, ...variants]);
  const { height = 1, width = 1, channels = 3 } = rows[0]?.[0] ?? {};
  const numColumns = rows.reduce((most, { length }) => Math.max(most, length), 1);
  const sheetWidth = numColumns * (width + gap) - gap;
  const sheetHeight = Math.max(1, rows.length * (height + gap) - gap);
  const data = new Uint8Array(sheetWidth * sheetHeight * channels).fill(255);
  rows.forEach((pictures, row) =>
    pictures.forEach((picture, column) => {
      for (let line = 0; line < height; line += 1) {
        const from = line * width * channels;
        const to = ((row * (height + gap) + line) * sheetWidth + column * (width + gap)) * channels;
        data.set(picture.data.subarray(from, from + width * channels), to);
      }
    }),
  );
  return { width: sheetWidth, height: sheetHeight, channels, data };
}

/** The bytes of a PNG file of a picture; lossless. */
export function encodePng(picture: Picture): Promise<Uint8Array> {
  return platform().encodePng(picture);
}
