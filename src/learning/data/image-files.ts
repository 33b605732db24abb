// Pictures from paths, bytes or blobs as a data set: read, decode and resize when asked for, keep what fits in memory.

import { SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { platform } from "#engine/platform/api.ts";
import type { AugmentOptions } from "#learning/data/augment.ts";
import { type AugmentPreset, resolveAugment } from "#learning/data/augment-options.ts";
import type { Oversample } from "#learning/data/balance.ts";
import type { BrokenSample, LabelMode, Rescale } from "#learning/data/dataset.ts";
import { diskCachedSource, type DiskCacheOptions, type SampleOrigin } from "#learning/data/disk-cache.ts";
import { SampleDataset } from "#learning/data/sample-dataset.ts";
import { cachedSource, type SampleSource } from "#learning/data/source.ts";
import { classTargets, type Targets } from "#learning/data/targets.ts";

/** A picture: a path, its encoded bytes, or a blob of them. */
export type PictureInput = string | Uint8Array | Blob;

/** How pictures become samples. */
export interface PictureOptions {
  /** Height and width that every picture is resized to. */
  readonly imageSize: readonly [height: number, width: number];
  /** Default "rgb". */
  readonly colorMode?: "rgb" | "grayscale";
  /** Default "bilinear" (antialiased). */
  readonly interpolation?: "bilinear" | "nearest";
  /** "error" (default) ends at the first picture that cannot be read; "skip" leaves it out and lists it in `broken`. */
  readonly onBroken?: "error" | "skip";
  /** Decoded pictures kept in memory at most, in bytes; default 1 GiB. */
  readonly cacheBytes?: number;
  /** Keeps decoded pictures in a folder, so that later epochs and runs read them instead of decoding. */
  readonly diskCache?: DiskCacheOptions;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether training shuffles; default true, false without labels. evaluate and predict keep file order. */
  readonly shuffle?: boolean;
  /** Default 0. */
  readonly seed?: number;
  /** Default 1/255. */
  readonly rescale?: Rescale;
  /** Random changes of the pictures, or the name of a ready set: "none", "light" or "standard". Default "none". */
  readonly augment?: AugmentOptions | AugmentPreset;
  /** "balanced": training sees every class as often as the largest, see `SampleDataset.oversampled`. */
  readonly oversample?: Oversample;
}

/** What is known of pictures beside their bytes. */
export interface PictureLabels {
  readonly labelMode: LabelMode;
  /** The class of each picture. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
}

/** Files read or decoded at once: enough to keep two decoders busy, few enough to hold phone photographs in memory. */
const maxReadsInFlight = 4;
const maxFileBytes = 2 ** 28;
/** Raised when the same file would be decoded to other pixels. */
const decoderVersion = 1;

/**
 * Pictures as a data set, unlabelled or with the given classes.
 * @throws option for an unknown option value
 * @example
 * const photos = imageFiles(["a.jpg", "b.png"], { imageSize: [150, 150] });
 */
export function imageFiles(
  pictures: readonly PictureInput[],
  options: PictureOptions,
  labels?: PictureLabels,
  known: readonly BrokenSample[] = [],
): SampleDataset {
  const name = labels === undefined ? "imageFiles" : "imageFolder";
  checkOptions(options, name);
  const augment = resolveAugment(options.augment, name);
  const broken = [...known];
  const files = pictures.map((picture, index) => (typeof picture === "string" ? picture : `picture ${index}`));
  const readBytes = (index: number): Promise<Uint8Array> => readPictureBytes(pictures[index] ?? "");
  const skipped = new Set<number>();
  const decoded = pictureSource({ files, readBytes, options, broken, skipped, name });
  const kept =
    options.diskCache === undefined
      ? undefined
      : diskCachedSource(decoded, options.diskCache, (index) => originOf(pictures[index], options));
  return new SampleDataset({
    source: cachedSource(kept?.source ?? decoded, options.cacheBytes ?? 2 ** 30),
    diskCache: kept?.report,
    labelMode: labels?.labelMode ?? "none",
    batchSize: options.batchSize ?? 32,
    shuffle: options.shuffle ?? (labels !== undefined && labels.labelMode !== "none"),
    seed: options.seed ?? 0,
    rescale: options.rescale ?? 1 / 255,
    augment,
    oversample: options.oversample,
    files,
    labels: labels?.labels,
    classNames: labels?.classNames,
    targets: targetsOf(labels, name),
    broken,
    encoded: { read: readBytes, numBytes: (index) => countPictureBytes(pictures[index] ?? "") },
    leaveOut: (samples) => leaveOut(samples, { files, broken, skipped }),
    name,
  });
}

function targetsOf(labels: PictureLabels | undefined, name: string): Targets | undefined {
  if (labels === undefined || labels.labelMode === "none") return undefined;
  return classTargets(labels.labels, labels.classNames.length, labels.labelMode, name);
}

/** Counts files as broken that an earlier process could not read, whether they can be read now or not. */
function leaveOut(
  samples: readonly BrokenSample[],
  { files, broken, skipped }: Pick<PictureSourceParts, "files" | "broken" | "skipped">,
): void {
  const reasons = new Map(samples.map(({ file, reason }) => [file, reason]));
  for (const [index, file] of files.entries()) {
    const reason = reasons.get(file);
    if (reason === undefined || skipped.has(index)) continue;
    skipped.add(index);
    broken.push({ file, reason });
  }
}

interface PictureSourceParts {
  readonly files: readonly string[];
  readonly readBytes: (index: number) => Promise<Uint8Array>;
  readonly options: PictureOptions;
  readonly broken: BrokenSample[];
  /** Numbers of the broken files among `files`. */
  readonly skipped: Set<number>;
  readonly name: string;
}

function pictureSource({ files, readBytes, options, broken, skipped, name }: PictureSourceParts): SampleSource {
  const { imageSize, colorMode = "rgb", interpolation = "bilinear", onBroken = "error" } = options;
  const channels = colorMode === "rgb" ? 3 : 1;
  const limit = createLimiter(maxReadsInFlight);
  const decode = async (index: number): Promise<Uint8Array | undefined> => {
    try {
      const bytes = await readBytes(index);
      return (await platform().decodeImage(bytes, { size: imageSize, channels, interpolation })).data;
    } catch (error) {
      const reason = brokenReason(error);
      if (reason === undefined) throw error;
      const file = files[index] ?? "";
      if (onBroken === "error") throw brokenError(name, { file, reason }, error);
      // Two batches may be reading the same picture.
      if (!skipped.has(index)) broken.push({ file, reason });
      skipped.add(index);
      return undefined;
    }
  };
  return {
    numSamples: files.length,
    elementShape: [...imageSize, channels],
    dtype: "u8",
    read: (index, signal) =>
      skipped.has(index)
        ? undefined
        : limit(() => {
            if (signal?.aborted === true) return Promise.reject(new SinterError("aborted", `${name}: was aborted.`));
            return decode(index);
          }),
  };
}

/** The error for a picture that cannot be read. */
export function brokenError(name: string, { file, reason }: BrokenSample, cause?: unknown): SinterError {
  return new SinterError(
    "data",
    `${name}: "${file}" cannot be read. ${reason} Or leave such files out: onBroken: "skip".`,
    { file, reason },
    cause,
  );
}

/** Why a picture cannot be read; undefined for what is no fault of the picture. */
function brokenReason(error: unknown): string | undefined {
  if (!(error instanceof SinterError)) return undefined;
  return error.code === "format" || error.code === "limit" || error.code === "file" ? error.message : undefined;
}

/** The encoded bytes of a picture. @throws file, or limit for a file too large */
export async function readPictureBytes(picture: PictureInput): Promise<Uint8Array> {
  const numBytes = await countPictureBytes(picture);
  if (numBytes > maxFileBytes) {
    throw new SinterError(
      "limit",
      `The file has ${numBytes} bytes, at most ${maxFileBytes} are read. Make the picture smaller.`,
      { numBytes },
    );
  }
  if (picture instanceof Uint8Array) return picture;
  return typeof picture === "string" ? platform().files.read(picture) : new Uint8Array(await picture.arrayBuffer());
}

/** What a decoded picture is made from: the file as it stands, and how it is decoded. */
async function originOf(
  picture: PictureInput | undefined,
  { imageSize, colorMode = "rgb", interpolation = "bilinear" }: PictureOptions,
): Promise<SampleOrigin | undefined> {
  if (typeof picture !== "string") return undefined;
  const found = await platform().files.stat(picture);
  if (found === undefined) return undefined;
  const recipe = JSON.stringify([decoderVersion, found.realPath, imageSize, colorMode, interpolation]);
  return { recipe, version: `${found.bytes}-${found.modifiedMs}` };
}

async function countPictureBytes(picture: PictureInput): Promise<number> {
  if (picture instanceof Uint8Array) return picture.length;
  if (typeof picture !== "string") return picture.size;
  return (await platform().files.stat(picture))?.bytes ?? 0;
}

function checkOptions(options: PictureOptions, name: string): void {
  const { imageSize, colorMode, interpolation, onBroken, diskCache } = options;
  const isSize = Array.isArray(imageSize) && imageSize.length === 2;
  if (!isSize || !imageSize.every((extent) => Number.isInteger(extent) && extent > 0 && extent <= 16384)) {
    throw new SinterError(
      "option",
      `${name}: imageSize is ${JSON.stringify(imageSize)}. Give [height, width] in pixels, as in [150, 150].`,
      { imageSize },
    );
  }
  checkOneOf(name, "colorMode", colorMode, ["rgb", "grayscale"]);
  checkOneOf(name, "interpolation", interpolation, ["bilinear", "nearest"]);
  checkOneOf(name, "onBroken", onBroken, ["error", "skip"]);
  checkDiskCache(name, diskCache);
}

function checkDiskCache(name: string, diskCache: DiskCacheOptions | undefined): void {
  if (diskCache === undefined) return;
  const { folder, maxBytes = 0 } = diskCache;
  if (typeof folder === "string" && folder !== "" && Number.isFinite(maxBytes) && maxBytes >= 0) return;
  throw new SinterError(
    "option",
    `${name}: diskCache is ${JSON.stringify(diskCache)}. Write { folder: "cache", maxBytes: 8e9 }.`,
    { diskCache },
  );
}

function checkOneOf(name: string, option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  const list = allowed.map((text) => `"${text}"`).join(" or ");
  throw new SinterError("option", `${name}: ${option} "${value}" is not known. Use ${list}.`, { [option]: value });
}
