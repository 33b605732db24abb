// Pictures in memory as data sets: whole ones, or windows cut out of large ones. Windows are cut when they are read.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import { type Picture, platform } from "#engine/platform/api.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { type AugmentPreset, resolveAugment } from "#learning/data/augment-options.ts";
import type { HostTensor, LabelMode, Rescale } from "#learning/data/dataset.ts";
import { type PictureInput, readPictureBytes } from "#learning/data/image-files.ts";
import { drawUniform } from "#learning/data/order.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import { arraySource, type SampleSource } from "#learning/data/source.ts";
import { classTargets } from "#learning/data/targets.ts";

/** What data sets of pictures in memory share. */
export interface PictureArrayOptions {
  readonly classNames: readonly string[];
  /** Default "categorical". */
  readonly labelMode?: Exclude<LabelMode, "values">;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles; default true. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** Default 1/255. */
  readonly rescale?: Rescale;
  readonly augment?: AugmentOptions | AugmentPreset;
}

/** A whole picture, decoded at its own size. @throws format for bytes that are no picture; file for a missing file */
export async function readPicture(
  picture: PictureInput,
  options: { readonly colorMode?: "rgb" | "grayscale" } = {},
): Promise<Picture> {
  const channels = options.colorMode === "grayscale" ? 1 : 3;
  return await platform().decodeImage(await readPictureBytes(picture), { channels });
}

/**
 * Pictures that lie in memory as a data set.
 * @param x [n, height, width, channels], u8 as a rule
 * @param labels the class of each picture
 * @throws shape when x has no four axes or the counts differ
 */
export function imagesFromArrays(
  x: HostTensor,
  labels: ArrayLike<number>,
  options: PictureArrayOptions,
): SampleDataset {
  if (x.shape.length !== 4 || x.shape[0] !== labels.length || x.data.length !== sizeOf(x.shape)) {
    throw new SinterError(
      "shape",
      `imagesFromArrays: x ${shapeText(x.shape)} and ${labels.length} labels, expected [n, height, width, channels] ` +
        `and n labels.`,
      { shape: x.shape, numLabels: labels.length },
    );
  }
  return labelled("imagesFromArrays", arraySource(x.data, x.shape, x.dtype), Int32Array.from(labels), options);
}

/** A picture to cut windows from, and its class. */
export interface LabelledPicture {
  readonly picture: Picture;
  readonly label: number;
}

export interface WindowOptions extends PictureArrayOptions {
  readonly windowSize: readonly [height: number, width: number];
  /** Columns that windows may cover, as shares of the width; default [0, 1]. */
  readonly columns?: readonly [from: number, to: number];
  /** Rows that windows may cover, as shares of the height; default [0, 1]. */
  readonly rows?: readonly [from: number, to: number];
  /** Windows a picture at places drawn by the seed; when left out, windows lie on a grid. */
  readonly numWindows?: number;
  /** Pixels between windows of the grid; default: the window's size, so that none overlap. */
  readonly stride?: number;
}

/**
 * Windows of photographs as samples; each lies wholly inside its region.
 * @throws shape when the region of a picture is smaller than the window, or channels differ
 * @example
 * const left = imageWindows(photographs, { windowSize: [64, 64], columns: [0, 0.6], numWindows: 200, classNames });
 */
export function imageWindows(pictures: readonly LabelledPicture[], options: WindowOptions): SampleDataset {
  const [height, width] = options.windowSize;
  const channels = pictures[0]?.picture.channels ?? 3;
  const windows = pictures.flatMap(({ picture, label }, number) => {
    if (picture.channels !== channels) {
      throw new SinterError(
        "shape",
        `imageWindows: picture ${number} has ${picture.channels} channels, the first has ${channels}. Read all alike.`,
      );
    }
    return placesOf(picture, number, options).map(([row, column]) => ({ picture, label, row, column }));
  });
  const source: SampleSource = {
    numSamples: windows.length,
    elementShape: [height, width, channels],
    dtype: "u8",
    read: (index) => {
      const window = windows[index];
      return window === undefined ? undefined : cutWindow(window.picture, window, options.windowSize);
    },
  };
  const labels = Int32Array.from(windows, ({ label }) => label);
  return labelled("imageWindows", source, labels, options);
}

type Place = readonly [row: number, column: number];

function placesOf(picture: Picture, number: number, options: WindowOptions): Place[] {
  const { windowSize, rows = [0, 1], columns = [0, 1], numWindows, seed = 0 } = options;
  const [height, width] = windowSize;
  const [top, bottom] = [Math.ceil(rows[0] * picture.height), Math.floor(rows[1] * picture.height) - height];
  const [left, right] = [Math.ceil(columns[0] * picture.width), Math.floor(columns[1] * picture.width) - width];
  if (bottom < top || right < left) {
    throw new SinterError(
      "shape",
      `imageWindows: picture ${number} (${picture.height} x ${picture.width}) has no room for a ${height} x ${width} ` +
        `window in its region. Make the window smaller, or the region larger.`,
      { number, windowSize, rows, columns },
    );
  }
  if (numWindows !== undefined) {
    return Array.from({ length: numWindows }, (_, index): Place => {
      const [down, across] = drawUniform(seed, "window", number, index);
      return [top + Math.floor(down * (bottom - top + 1)), left + Math.floor(across * (right - left + 1))];
    });
  }
  const columnsOfGrid = steps(left, right, options.stride ?? width);
  return steps(top, bottom, options.stride ?? height).flatMap((row) =>
    columnsOfGrid.map((column): Place => [row, column]),
  );
}

function steps(from: number, to: number, stride: number): number[] {
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, step) => from + step * stride);
}

function cutWindow(
  picture: Picture,
  place: { readonly row: number; readonly column: number },
  [height, width]: readonly [height: number, width: number],
): Uint8Array {
  const { channels, data } = picture;
  const rowLength = width * channels;
  const window = new Uint8Array(height * rowLength);
  for (let row = 0; row < height; row += 1) {
    const from = ((place.row + row) * picture.width + place.column) * channels;
    window.set(data.subarray(from, from + rowLength), row * rowLength);
  }
  return window;
}

function labelled(name: string, source: SampleSource, labels: Int32Array, options: PictureArrayOptions): SampleDataset {
  const { classNames, labelMode = "categorical" } = options;
  const augment = resolveAugment(options.augment, name);
  return new SampleDataset({
    source,
    labels,
    classNames,
    labelMode,
    targets: labelMode === "none" ? undefined : classTargets(labels, classNames.length, labelMode, name),
    batchSize: options.batchSize ?? 32,
    shuffle: options.shuffle ?? labelMode !== "none",
    seed: options.seed ?? 0,
    rescale: options.rescale ?? 1 / 255,
    augment,
    name,
  });
}
