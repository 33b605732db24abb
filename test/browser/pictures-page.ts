// The page that pictures.test.ts opens: decodes the files that it is told of, through the door.

import * as sinter from "#entry/browser.ts";
import { decodePicture, type DecodedPicture } from "./decode-picture.ts";

async function run(paths: readonly string[]): Promise<Record<string, DecodedPicture>> {
  const decoded = paths.map(async (path) => {
    const response = await fetch(encodeURI(path));
    return [path, await decodePicture(sinter, await response.blob())] as const;
  });
  return Object.fromEntries(await Promise.all(decoded));
}

Object.assign(globalThis, { run });
