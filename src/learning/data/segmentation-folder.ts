// Pictures with masks of classes as a data set: each pixel's class is the value of the mask's pixel.

import { SinterError } from "#engine/base/error.ts";
import { integer } from "#engine/base/options.ts";
import { type FileSystem, platform } from "#engine/platform/api.ts";
import type { Batch } from "#learning/data/dataset.ts";
import { imageFiles, readPictureBytes, type PictureOptions } from "#learning/data/image-files.ts";
import { moveMask } from "#learning/data/move-targets.ts";
import { MovingDataset, type MovedSample, type MovingTargets } from "#learning/data/moving-dataset.ts";
import { findPictures, joinPath } from "#learning/data/scan-folder.ts";
import { cachedSource, type SampleSource } from "#learning/data/source.ts";

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** How pictures with masks become batches. */
export interface SegmentationFolderOptions extends Omit<PictureOptions, "oversample" | "onBroken"> {
  /** One for each class, from class 0. */
  readonly classNames: readonly string[];
  /** Of masks that are no shades of grey: the colour of each class. */
  readonly classColours?: readonly Colour[];
  /** A value of masks that belongs to no class, as 255: it stays, for a loss with `ignoreClass`. */
  readonly ignoreClass?: number;
}

/** What comes with the pictures of a `SegmentationDataset`. */
export interface MaskTargets extends MovingTargets {
  readonly maskFiles: readonly string[];
}

/**
 * Pictures with masks: a batch's `y` is i32 [n, height, width], the class of each pixel. In training masks move with
 * their pictures; what fillMode "constant" brings in from outside is `ignoreClass`, or class 0 where there is none.
 */
export type SegmentationDataset = MovingDataset<MaskTargets>;

/**
 * The pictures of `images` with, under the same name in `masks`, a PNG whose grey is the class: 0, 1, 2 and on.
 * @throws file, option; data for a picture without a mask, or a mask with another class
 * @example
 * const train = await segmentationFolder("cells", { imageSize: [128, 128], classNames: ["background", "cell"] });
 */
export async function segmentationFolder(
  folder: string,
  options: SegmentationFolderOptions,
): Promise<SegmentationDataset> {
  const { files } = platform();
  const { classNames, classColours, ignoreClass, ...rest } = options;
  const name = "segmentationFolder";
  if (ignoreClass !== undefined) integer(name, "ignoreClass", ignoreClass, 0);
  const images = joinPath(files, folder, "images");
  const { files: found } = await findPictures(files, images);
  if (found.length === 0) {
    throw new SinterError("data", `${name}: no picture is in "${images}". Put pictures there, masks into masks.`);
  }
  const maskFiles = await Promise.all(found.map((file) => maskOf(files, folder, file.slice(images.length))));
  const pictures = imageFiles(found, { shuffle: true, ...rest });
  const masks = cachedSource(
    maskSource(maskFiles, { size: options.imageSize, classNames, classColours, ignoreClass }),
    options.cacheBytes ?? 2 ** 30,
  );
  const fillMode = pictures.augment?.fillMode ?? "nearest";
  const move = { size: options.imageSize, fillMode, fillClass: ignoreClass ?? 0 };
  return new MovingDataset(
    pictures,
    { collect: (samples) => collect(masks, samples, move), classNames, maskFiles },
    name,
  );
}

async function maskOf(files: FileSystem, folder: string, picture: string): Promise<string> {
  const path = `${joinPath(files, folder, "masks")}${picture.replace(/\.[^.]*$/u, ".png")}`;
  if ((await files.stat(path))?.kind === "file") return path;
  throw new SinterError("data", `segmentationFolder: there is no mask "${path}". Add it, or take the picture away.`, {
    path,
  });
}

interface MaskOptions {
  readonly size: readonly [height: number, width: number];
  readonly classNames: readonly string[];
  readonly classColours: readonly Colour[] | undefined;
  readonly ignoreClass: number | undefined;
}

/** Masks in the size of the pictures, the nearest pixel's class each. */
function maskSource(paths: readonly string[], options: MaskOptions): SampleSource {
  const { size, classNames, classColours, ignoreClass } = options;
  const byColour = new Map(
    classColours?.map(([red, green, blue], label) => [(red << 16) | (green << 8) | blue, label]),
  );
  const classOf = (red: number, green: number, blue: number, path: string): number => {
    const label = classColours === undefined ? red : byColour.get((red << 16) | (green << 8) | blue);
    const isGrey = red === green && green === blue;
    if (isGrey && red === ignoreClass) return red;
    if (label !== undefined && label < classNames.length && (classColours !== undefined || isGrey)) return label;
    throw new SinterError(
      "data",
      `segmentationFolder: "${path}" has the colour ${red}, ${green}, ${blue}, which is no class of ${classNames.length}. ` +
        "Masks are grey, 0 for the first class, 1 for the next; for others give classColours, or ignoreClass.",
      { path, colour: [red, green, blue] },
    );
  };
  return {
    numSamples: paths.length,
    elementShape: size,
    dtype: "i32",
    async read(index) {
      const path = paths[index] ?? "";
      const bytes = await readPictureBytes(path);
      const { data } = await platform().decodeImage(bytes, { size, channels: 3, interpolation: "nearest" });
      return Int32Array.from({ length: size[0] * size[1] }, (_, pixel) =>
        classOf(data[3 * pixel] ?? 0, data[3 * pixel + 1] ?? 0, data[3 * pixel + 2] ?? 0, path),
      );
    },
  };
}

async function collect(
  masks: SampleSource,
  samples: readonly MovedSample[],
  move: Parameters<typeof moveMask>[2],
): Promise<Partial<Batch>> {
  const [height, width] = move.size;
  const read = await Promise.all(samples.map(async ({ index }) => await masks.read(index)));
  const data = new Int32Array(samples.length * height * width);
  for (const [row, { matrix }] of samples.entries()) {
    const mask = read[row] ?? [];
    data.set(matrix === undefined ? mask : moveMask(mask, matrix, move), row * height * width);
  }
  return { y: { data, shape: [samples.length, height, width], dtype: "i32" } };
}
