// Decodes and resizes pictures in Node with sharp, off the main thread. Loads sharp on the first picture; never reads
// files and never encodes.

import type SharpFunction from "sharp";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import type { DecodedPicture, DecodeOptions, Picture } from "#engine/platform/api.ts";
import { type PictureFormat, pictureFormat } from "#engine/base/picture-format.ts";
import { resample, toGrey } from "#engine/base/resample.ts";

/** A 108-megapixel phone photograph passes; a small file that unfolds to gigabytes does not. */
const maxPixels = 120_000_000;
/** The longest side that JPEG has. Reading holds some hundred rows, however few a picture has. */
const maxSide = 65_535;
/** For what cannot be read row by row: a turned photograph of 108 megapixels passes. */
const maxHeldBytes = 384 * 2 ** 20;
/** Pictures from this size on are decoded one at a time. */
const largePixels = 16_000_000;
/** Enlarging one axis of a picture holds its rows at the new width: at most so many values. */
const maxRowValues = 2 ** 24;
const timeoutSeconds = 60;
/** sharp works in libuv's pool, which native code of sinter shares. */
const limitDecodes = createLimiter(2);
const limitLarge = createLimiter(1);

const loaders = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((name) => `VipsForeignLoad${name}`);

let loading: Promise<typeof SharpFunction> | undefined;

/**
 * The picture in 8 bits: first frame, EXIF orientation applied, alpha laid over white, embedded colour profiles of
 * RGB pictures passed over (as Pillow and TensorFlow do), resized antialiased bilinear.
 * @throws format for bytes that are no picture, or a damaged one; limit for too many pixels; missing without sharp
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedPicture> {
  const format = pictureFormat(bytes);
  loading ??= loadSharp();
  const sharp = await loading;
  return await limitDecodes(async () => {
    try {
      return await decode(sharp, { bytes, format }, options);
    } catch (error) {
      throw error instanceof SinterError ? error : decodeError(error);
    }
  });
}

async function decode(
  sharp: typeof SharpFunction,
  { bytes, format }: { readonly bytes: Uint8Array; readonly format: PictureFormat },
  options: DecodeOptions,
): Promise<DecodedPicture> {
  const input: SharpOptions = {
    failOn: "warning",
    limitInputPixels: maxPixels,
    sequentialRead: true,
    ignoreIcc: true,
    autoOrient: true,
  };
  const metadata = await sharp(bytes, input).metadata();
  checkMetadata(metadata);
  const { width, height } = metadata.autoOrient;
  const read = (): Promise<Picture> => readResized(sharp(bytes, input), { width, height }, options);
  const picture = await (width * height < largePixels ? read() : limitLarge(read));
  return { ...picture, original: { format, width, height, hasAlpha: metadata.hasAlpha } };
}

async function readResized(
  opened: Sharp,
  { width, height }: { readonly width: number; readonly height: number },
  { size, channels = 3, interpolation = "bilinear" }: DecodeOptions,
): Promise<Picture> {
  const timed = opened.timeout({ seconds: timeoutSeconds });
  // Over white before resizing, so that hidden colours of clear pixels do not bleed in.
  let pipeline = channels === 4 ? timed.ensureAlpha() : timed.flatten({ background: "#ffffff" });
  if (size === undefined) return inChannels(await readPixels(pipeline), channels);
  const [targetHeight, targetWidth] = size;
  const isLong = Math.max(height * targetWidth, width * targetHeight) > maxRowValues;
  // libvips enlarges from corner to corner; only shrinking has the meaning that is wanted here.
  const shrinks = interpolation === "bilinear" && targetHeight <= height && targetWidth <= width;
  if (shrinks || isLong) {
    const [rows, columns] = [Math.min(height, targetHeight), Math.min(width, targetWidth)];
    const kernel = interpolation === "bilinear" ? "linear" : "nearest";
    pipeline = pipeline.resize(columns, rows, { fit: "fill", kernel, fastShrinkOnLoad: false });
  }
  return inChannels(resample(await readPixels(pipeline), size, interpolation), channels);
}

function inChannels(picture: Picture, channels: 1 | 3 | 4): Picture {
  return channels === 1 ? toGrey(picture) : picture;
}

async function readPixels(pipeline: Sharp): Promise<Picture> {
  const { data, info } = await pipeline.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer({
    resolveWithObject: true,
  });
  const { width, height, channels } = info;
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new SinterError("format", `The picture has ${channels} channels, expected 1, 3 or 4. Convert it to RGB.`);
  }
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return channels === 1 ? repeatGrey(width, height, pixels) : { width, height, channels, data: pixels };
}

function repeatGrey(width: number, height: number, grey: Uint8Array): Picture {
  const data = new Uint8Array(grey.length * 3);
  for (let index = 0; index < grey.length; index += 1) data.fill(grey[index] ?? 0, index * 3, index * 3 + 3);
  return { width, height, channels: 3, data };
}

function checkMetadata(metadata: Metadata): void {
  const { depth, autoOrient } = metadata;
  const { width, height } = autoOrient;
  if (depth !== "uchar" && depth !== "ushort") {
    throw new SinterError("format", `The picture holds ${depth} values, expected 8 or 16 bits. Convert it to 8 bits.`);
  }
  if (width * height > maxPixels) throw tooLarge(`${width} x ${height}`);
  if (Math.max(width, height) > maxSide) {
    throw new SinterError(
      "limit",
      `The picture has ${width} x ${height} pixels, a side has at most ${maxSide}. Cut it into parts.`,
      { width, height, maxSide },
    );
  }
  const heldBytes = bytesHeld(metadata);
  if (heldBytes <= maxHeldBytes) return;
  const megabytes = (numBytes: number): number => Math.round(numBytes / 2 ** 20);
  throw new SinterError(
    "limit",
    `The picture (${width} x ${height} pixels) would take ${megabytes(heldBytes)} MiB to decode, at most ` +
      `${megabytes(maxHeldBytes)} are taken. Make it smaller, or store it as baseline JPEG.`,
    { heldBytes, maxHeldBytes },
  );
}

/** Bytes of a picture that must lie in memory as a whole before it can be resized; 0 for one that is read row by row. */
function bytesHeld({ format, isProgressive, orientation = 1, depth, channels, autoOrient }: Metadata): number {
  const isWhole = format === "webp" || format === "heif" || isProgressive || orientation > 1;
  if (!isWhole) return 0;
  // Coefficients of 16 bits beside the pixels; AV1 planes beside them.
  const factor = (format === "jpeg" && isProgressive) || format === "heif" ? 2 : 1;
  return autoOrient.width * autoOrient.height * channels * (depth === "ushort" ? 2 : 1) * factor;
}

function tooLarge(found: string): SinterError {
  return new SinterError(
    "limit",
    `The picture is too large (${found} pixels), at most ${maxPixels / 1e6} megapixels are decoded. Make it smaller.`,
    { maxPixels },
  );
}

function decodeError(error: unknown): SinterError {
  const reason = messageOf(error).trim().split("\n")[0] ?? "";
  if (reason.includes("pixel limit")) return tooLarge("over the limit");
  return new SinterError(
    "format",
    `The picture is damaged or cut off (${reason}). Replace or remove the file.`,
    { reason },
    error,
  );
}

async function loadSharp(): Promise<typeof SharpFunction> {
  try {
    const { default: sharp } = await import("sharp");
    // Its own threads would fight the engine's for the same cores.
    sharp.concurrency(1);
    sharp.cache(false);
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: loaders });
    return sharp;
  } catch (error) {
    loading = undefined;
    throw new SinterError(
      "missing",
      `Decoding pictures needs the package "sharp", which did not load (${messageOf(error)}). Run: npm install sharp`,
      {},
      error,
    );
  }
}
