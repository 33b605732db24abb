// Pictures as the report holds them: small, encoded again, as data URIs. What a file holds beside its pixels is left behind.

import { resample } from "#engine/base/resample.ts";
import { platform, type Picture } from "#engine/platform/api.ts";
import { readPictureBytes } from "#learning/data/image-files.ts";

/** A picture in the page. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** `data:image/png;base64,…` */
  readonly uri: string;
}

/** The longer side of a picture from a file, in pixels. At most 28 kB of PNG even for noise. */
const fileSide = 96;

/** A picture file made small. @throws what reading and decoding throw */
export async function thumbnailOfFile(file: string): Promise<Thumbnail> {
  return thumbnailOf(await platform().decodeImage(await readPictureBytes(file), { channels: 3 }), fileSide);
}

/** A decoded picture, made small where it is larger than `side`. */
export async function thumbnailOf(picture: Picture, side: number): Promise<Thumbnail> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const height = Math.max(1, Math.round(picture.height * scale));
  const width = Math.max(1, Math.round(picture.width * scale));
  const small = resample(picture, [height, width], "bilinear");
  return { width, height, uri: `data:image/png;base64,${base64(await platform().encodePng(small))}` };
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648; neither Node's Buffer nor a page's btoa is known in this room. */
export function base64(bytes: Uint8Array): string {
  const letters: string[] = [];
  for (let start = 0; start < bytes.length; start += 3) {
    const [first = 0, second, third] = bytes.subarray(start, start + 3);
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    letters.push(digits[group >> 18] ?? "", digits[(group >> 12) & 63] ?? "");
    letters.push(second === undefined ? "=" : (digits[(group >> 6) & 63] ?? ""));
    letters.push(third === undefined ? "=" : (digits[group & 63] ?? ""));
  }
  return letters.join("");
}
