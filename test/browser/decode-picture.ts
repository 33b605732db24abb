// One program for Node and for pages: a picture at its own size and as a sample of a data set.

import type * as Sinter from "#entry/main.ts";

/** What a page can tell a test: pixels as text, a character a byte. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: string;
  /** Resized, grey. */
  readonly sample: string;
  /** The code of the error when it could not be decoded. */
  readonly code?: string;
}

export const sampleSize = [20, 28] as const;

export async function decodePicture(sinter: typeof Sinter, blob: Blob): Promise<DecodedPicture> {
  try {
    const { width, height, data } = await sinter.readPicture(blob);
    const dataset = sinter.imageFiles([blob], { imageSize: sampleSize, colorMode: "grayscale" });
    let sample = "";
    for await (const { x } of dataset.batches(0)) sample += textOf(x.data);
    return { width, height, pixels: textOf(data), sample };
  } catch (error) {
    if (!(error instanceof sinter.SinterError)) throw error;
    return { width: 0, height: 0, pixels: "", sample: "", code: error.code };
  }
}

function textOf(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
