// One picture file as a data check sees it: its bytes, what they are whatever the name says, and what they look like.

import { SinterError } from "#engine/base/error.ts";
import { type PictureFormat, pictureFormat } from "#engine/base/picture-format.ts";
import type { Pixels } from "#engine/base/resample.ts";
import { type PictureFacts, platform } from "#engine/platform/api.ts";
import { readPictureBytes } from "#learning/data/image-files.ts";
import { type Signature, signatureOf } from "#learning/data/signature.ts";

/** What was found in one file. */
export interface InspectedPicture {
  readonly file: string;
  readonly numBytes: number;
  /** Of the content; undefined for a file that could not be read. */
  readonly sha256: string | undefined;
  /** What the content begins as; undefined for no picture that is known. */
  readonly format: PictureFormat | undefined;
  /** Undefined for a picture that could not be decoded. */
  readonly original: PictureFacts | undefined;
  /** The looks over white first; of a picture with clear pixels also over black, and with the hidden colours shown. */
  readonly looks: readonly Signature[];
  /** Why the picture cannot be decoded. */
  readonly problem: PictureProblem | undefined;
}

/** Why a picture cannot be used; `isTooLarge` where only its size is at fault. */
export interface PictureProblem {
  readonly reason: string;
  readonly isTooLarge: boolean;
}

/** Thumbnails are taken from a picture of this size. */
const lookSize = [64, 64] as const;
/** Pictures with clear pixels are unfolded whole for their other looks up to this size. */
const maxClearPixels = 16_000_000;

/** Reads and decodes a file. A file at fault gives a problem, never an error. */
export async function inspectPicture(file: string): Promise<InspectedPicture> {
  const nothing = { file, numBytes: 0, sha256: undefined, format: undefined, original: undefined, looks: [] };
  try {
    const bytes = await readPictureBytes(file);
    return await inspectBytes(file, bytes);
  } catch (error) {
    return { ...nothing, problem: problemOf(error) };
  }
}

async function inspectBytes(file: string, bytes: Uint8Array): Promise<InspectedPicture> {
  const known = { file, numBytes: bytes.length, sha256: await platform().sha256(bytes), format: formatOf(bytes) };
  try {
    const picture = await platform().decodeImage(bytes, { size: lookSize });
    const { original } = picture;
    const white = signatureOf(picture);
    return { ...known, original, looks: [white, ...(await clearLooks(bytes, original))], problem: undefined };
  } catch (error) {
    return { ...known, original: undefined, looks: [], problem: problemOf(error) };
  }
}

/** What a file's content begins as; undefined for no picture that can be read. */
export function formatOf(bytes: Uint8Array): PictureFormat | undefined {
  try {
    return pictureFormat(bytes);
  } catch (error) {
    if (error instanceof SinterError) return undefined;
    throw error;
  }
}

/** Programs that know no alpha lay clear pixels over black, or show the colours that lie under them. */
async function clearLooks(bytes: Uint8Array, { hasAlpha, width, height }: PictureFacts): Promise<Signature[]> {
  if (hasAlpha === false || width * height > maxClearPixels) return [];
  const picture = await platform().decodeImage(bytes, { channels: 4 });
  if (isOpaque(picture.data)) return [];
  return [opaque(picture, true), opaque(picture, false)].map(signatureOf);
}

function isOpaque(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) {
    if (rgba[at] !== 255) return false;
  }
  return true;
}

function opaque({ width, height, data }: Pixels, isOverBlack: boolean): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const share = isOverBlack ? (data[pixel * 4 + 3] ?? 0) / 255 : 1;
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[pixel * 3 + channel] = (data[pixel * 4 + channel] ?? 0) * share + 0.5;
    }
  }
  return { width, height, channels: 3, data: rgb };
}

function problemOf(error: unknown): PictureProblem {
  if (!(error instanceof SinterError)) throw error;
  const isFault = error.code === "format" || error.code === "file" || error.code === "limit";
  if (!isFault) throw error;
  return { reason: error.message, isTooLarge: error.code === "limit" };
}
