// Pictures to PNG in Node, with its own zlib: off the main thread, and without sharp.

import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { pngBytes } from "#engine/base/png.ts";
import type { Picture } from "#engine/platform/api.ts";

const compress = promisify(deflate);

/** The bytes of a PNG file; lossless. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return await pngBytes(picture, async (bytes) => new Uint8Array(await compress(bytes)));
}
