// Decodes and resizes pictures in Node with sharp, off the main thread. Loads sharp on the first picture; never reads
// files and never encodes.

import type SharpFunction from "sharp";
import type { Metadata, Sharp, SharpOptions } from "sharp";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import type { DecodeOptions, Picture } from "#engine/platform/api.ts";
import { pictureFormat } from "#engine/base/picture-format.ts";
import { resample, toGrey } from "#engine/base/resample.ts";

/** A 108-megapixel phone photograph passes; a small file that unfolds to gigabytes does not. */
const maxPixels = 120_000_000;
const timeoutSeconds = 60;
/** sharp works in libuv's pool, which native code of sinter shares. */
const limitDecodes = createLimiter(2);

const loaders = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((name) => `VipsForeignLoad${name}`);

let loading: Promise<typeof SharpFunction> | undefined;

/**
 * The picture in 8 bits: first frame, EXIF orientation applied, alpha laid over white, embedded colour profiles of
 * RGB pictures passed over (as Pillow and TensorFlow do), resized antialiased bilinear.
 * @throws format for bytes that are no picture, or a damaged one; limit for too many pixels; missing without sharp
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Picture> {
  pictureFormat(bytes);
  loading ??= loadSharp();
  const sharp = await loading;
  return await limitDecodes(async () => {
    try {
      return await decode(sharp, bytes, options);
    } catch (error) {
      throw error instanceof SinterError ? error : decodeError(error);
    }
  });
}

async function decode(sharp: typeof SharpFunction, bytes: Uint8Array, options: DecodeOptions): Promise<Picture> {
  const { size, channels = 3, interpolation = "bilinear" } = options;
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
  let pipeline = sharp(bytes, input).timeout({ seconds: timeoutSeconds });
  // Over white before resizing, so that hidden colours of clear pixels do not bleed in.
  pipeline = channels === 4 ? pipeline.ensureAlpha() : pipeline.flatten({ background: "#ffffff" });
  // libvips enlarges from corner to corner; only shrinking has the meaning that is wanted here.
  const shrinks = size !== undefined && interpolation === "bilinear" && size[0] <= height && size[1] <= width;
  if (shrinks) {
    const [targetHeight, targetWidth] = size;
    pipeline = pipeline.resize(targetWidth, targetHeight, { fit: "fill", kernel: "linear", fastShrinkOnLoad: false });
  }
  const picture = await readPixels(pipeline);
  const resized = size === undefined || shrinks ? picture : resample(picture, size, interpolation);
  return channels === 1 ? toGrey(resized) : resized;
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

function checkMetadata({ depth, autoOrient: { width, height } }: Metadata): void {
  if (depth !== "uchar" && depth !== "ushort") {
    throw new SinterError("format", `The picture holds ${depth} values, expected 8 or 16 bits. Convert it to 8 bits.`);
  }
  if (width * height > maxPixels) throw tooLarge(`${width} x ${height}`);
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
