// Which picture format bytes begin as. Every decoder is chosen by this list, so that nothing outside it is ever tried.

import { SinterError } from "#engine/base/error.ts";

export type PictureFormat = "jpeg" | "png" | "webp" | "gif" | "tiff" | "avif";

/** Endings of the files that may hold a picture that can be read. */
export const pictureExtensions: ReadonlySet<string> = new Set(
  "jpg jpeg jpe jfif png webp gif tif tiff avif".split(" "),
);

/** Endings of picture files that cannot be read; they are named to the user instead of being passed over. */
export const otherPictureExtensions: ReadonlySet<string> = new Set(
  "bmp heic heif jp2 j2k jxl svg psd raw dng cr2 nef arw tga ppm pgm exr hdr ico pdf".split(" "),
);

interface Signature {
  readonly name: string;
  readonly format?: PictureFormat;
  readonly at: number;
  readonly text: string;
}

const signatures: readonly Signature[] = [
  { name: "JPEG", format: "jpeg", at: 0, text: "\xff\xd8\xff" },
  { name: "PNG", format: "png", at: 0, text: "\x89PNG\r\n\x1a\n" },
  { name: "WebP", format: "webp", at: 8, text: "WEBP" },
  { name: "GIF", format: "gif", at: 0, text: "GIF8" },
  { name: "TIFF", format: "tiff", at: 0, text: "II*\0" },
  { name: "TIFF", format: "tiff", at: 0, text: "MM\0*" },
  { name: "BigTIFF", format: "tiff", at: 0, text: "II+\0" },
  { name: "BigTIFF", format: "tiff", at: 0, text: "MM\0+" },
  { name: "AVIF", format: "avif", at: 4, text: "ftypavif" },
  { name: "AVIF", format: "avif", at: 4, text: "ftypavis" },
  { name: "HEIF", at: 4, text: "ftyp" },
  { name: "BMP", at: 0, text: "BM" },
  { name: "JPEG XL", at: 0, text: "\xff\x0a" },
  { name: "JPEG XL", at: 4, text: "JXL " },
  { name: "JPEG 2000", at: 4, text: "jP  " },
  { name: "PDF", at: 0, text: "%PDF" },
  { name: "Photoshop", at: 0, text: "8BPS" },
  { name: "SVG or HTML", at: 0, text: "<" },
  { name: "ZIP", at: 0, text: "PK\x03\x04" },
];

const wayOut = "Convert it to JPEG, PNG, WebP, GIF, TIFF or AVIF.";

/**
 * The format that the bytes begin as.
 * @throws format for none of the six, saying what was found
 */
export function pictureFormat(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new SinterError("format", `The file is empty (0 bytes). Replace or remove it.`);
  const signature = signatures.find(({ at, text }) => startsWith(bytes, at, text));
  // A HEIF container names its brands after the first; some AVIF files name theirs only there.
  if (signature?.name === "HEIF" && hasBrand(bytes, "avif")) return "avif";
  if (signature?.format !== undefined) return signature.format;
  const found = signature === undefined ? "The bytes are no picture that is known" : `It is ${signature.name}`;
  throw new SinterError("format", `${found}, whatever the name says. ${wayOut}`, { format: signature?.name });
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function hasBrand(bytes: Uint8Array, brand: string): boolean {
  const boxLength = Math.min(((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0), bytes.length, 256);
  for (let at = 16; at + 4 <= boxLength; at += 4) {
    if (startsWith(bytes, at, brand)) return true;
  }
  return false;
}
