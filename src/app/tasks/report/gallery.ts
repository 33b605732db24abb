// The pictures of a report, each encoded once. Reads the files that the facts name; a file gone since leaves a grey place.

import { SinterError } from "#engine/base/error.ts";
import type { Picture } from "#engine/platform/api.ts";
import type { ReportFacts } from "./gather.ts";
import { thumbnailOf, thumbnailOfFile, type Thumbnail } from "./pictures.ts";

/** Thumbnails by what they show. */
export interface Gallery {
  ofFile(file: string): Thumbnail;
  ofPicture(picture: Picture): Thumbnail;
}

/** The longer side of an augmented picture, in pixels. */
const variantSide = 72;
/** A grey pixel, for what is not there. */
const missing: Thumbnail = {
  width: 96,
  height: 96,
  uri: "data:image/gif;base64,R0lGODdhAQABAIAAAMDAwAAAACwAAAAAAQABAAACAkQBADs=",
};

/** Encodes every picture that the report shows. */
export async function buildGallery(facts: ReportFacts): Promise<Gallery> {
  const answers = [...facts.mistakes, ...facts.hits, ...facts.pairs.flatMap((pair) => pair.answers)];
  const files = new Map<string, Thumbnail>();
  for (const { file } of answers) {
    // oxlint-disable-next-line no-await-in-loop -- one large picture in memory at a time
    if (!files.has(file)) files.set(file, await thumbnailOrMissing(file));
  }
  const pictures = new Map<Picture, Thumbnail>();
  for (const picture of facts.augmentation.flatMap(({ original, variants }) => [original, ...variants])) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    pictures.set(picture, await thumbnailOf(picture, variantSide));
  }
  return {
    ofFile: (file) => files.get(file) ?? missing,
    ofPicture: (picture) => pictures.get(picture) ?? missing,
  };
}

async function thumbnailOrMissing(file: string): Promise<Thumbnail> {
  try {
    return await thumbnailOfFile(file);
  } catch (error) {
    if (error instanceof SinterError && (error.code === "file" || error.code === "format")) return missing;
    throw error;
  }
}
