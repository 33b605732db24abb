// Decodes and resizes pictures in a page with createImageBitmap and an OffscreenCanvas. Never fetches and never encodes.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { createLimiter } from "#engine/base/limiter.ts";
import { pictureFormat } from "#engine/base/picture-format.ts";
import { resample, toGrey } from "#engine/base/resample.ts";
import type { DecodedPicture, DecodeOptions, Picture } from "#engine/platform/api.ts";
import { webpOrientation } from "./webp-orientation.ts";

const maxPixels = 120_000_000;
const limitDecodes = createLimiter(2);
/** Pictures larger than this many targets are made smaller by the browser first, so that few pixels are copied. */
const maxShrinkHere = 4;

/**
 * The picture in 8 bits: first frame, EXIF orientation applied, alpha laid over white, resized antialiased bilinear.
 * @throws format for bytes that are no picture, or one that this browser does not decode (TIFF); limit for too many pixels
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedPicture> {
  const format = pictureFormat(bytes);
  const blob = new Blob([new Uint8Array(bytes)], { type: `image/${format}` });
  const orientation = format === "webp" ? webpOrientation(bytes) : 1;
  return await limitDecodes(async () => {
    const bitmap = await decodeBitmap(blob, format);
    try {
      const [width, height] = orientation > 4 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
      return {
        ...finish({ bitmap, orientation }, options),
        original: { format, width, height, hasAlpha: format === "jpeg" ? false : undefined },
      };
    } finally {
      bitmap.close();
    }
  });
}

async function decodeBitmap(blob: Blob, format: string): Promise<ImageBitmap> {
  try {
    // premultiplyAlpha keeps its default: the canvas lays the picture over white.
    const imageOrientation = format === "webp" ? "none" : "from-image";
    return await createImageBitmap(blob, { imageOrientation, colorSpaceConversion: "none" });
  } catch (error) {
    throw new SinterError(
      "format",
      `The browser cannot decode this ${format.toUpperCase()} (${messageOf(error)}). ` +
        `Replace it, or convert it to JPEG or PNG.`,
      { format },
      error,
    );
  }
}

/** A decoded picture, and the EXIF orientation that it is still to be given. */
interface Decoded {
  readonly bitmap: ImageBitmap;
  readonly orientation: number;
}

function finish({ bitmap, orientation }: Decoded, options: DecodeOptions): Picture {
  const { size, channels = 3, interpolation = "bilinear" } = options;
  if (bitmap.width * bitmap.height > maxPixels) {
    throw new SinterError(
      "limit",
      `The picture is too large (${bitmap.width} x ${bitmap.height} pixels), at most ${maxPixels / 1e6} megapixels ` +
        `are decoded. Make it smaller.`,
      { maxPixels },
    );
  }
  const target = interpolation === "bilinear" ? size : undefined;
  const picture = readPixels({ bitmap, orientation }, target, channels);
  const resized = size === undefined ? picture : resample(picture, size, interpolation);
  return channels === 1 ? toGrey(resized) : resized;
}

/** The pixels, made smaller by the browser to no less than twice the target where there are very many. */
function readPixels(
  { bitmap, orientation }: Decoded,
  size: readonly [height: number, width: number] | undefined,
  channels: 1 | 3 | 4,
): Picture {
  const isTurned = orientation > 4;
  const [targetHeight, targetWidth] = isTurned ? (size?.toReversed() ?? []) : (size ?? []);
  const factor = Math.min(bitmap.height / (targetHeight ?? Infinity), bitmap.width / (targetWidth ?? Infinity));
  const shrink = factor > maxShrinkHere ? factor / 2 : 1;
  const drawn = { width: Math.round(bitmap.width / shrink), height: Math.round(bitmap.height / shrink) };
  const [width, height] = isTurned ? [drawn.height, drawn.width] : [drawn.width, drawn.height];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null)
    throw new SinterError("device", "decodeImage: the browser gives no 2d canvas. Free some memory.");
  if (channels !== 4) {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
  }
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.setTransform(...turn(orientation, width, height));
  context.drawImage(bitmap, 0, 0, drawn.width, drawn.height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(data.buffer);
  if (channels === 4) return { width, height, channels, data: pixels };
  return { width, height, channels: 3, data: dropAlpha(pixels) };
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Of a canvas of this size: what brings a stored picture into its orientation. */
function turn(orientation: number, width: number, height: number): Matrix {
  const x = [2, 3, 6, 7].includes(orientation) ? -1 : 1;
  const y = [3, 4, 7, 8].includes(orientation) ? -1 : 1;
  const [e, f] = [x < 0 ? width : 0, y < 0 ? height : 0];
  return orientation > 4 ? [0, y, x, 0, e, f] : [x, 0, 0, y, e, f];
}

function dropAlpha(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  let to = 0;
  for (let from = 0; from < rgba.length; from += 4) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
    to += 3;
  }
  return rgb;
}
