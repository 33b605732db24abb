// Pictures to PNG in a page. A canvas would multiply colours by their alpha; the page's own compression loses nothing.

import { pngBytes } from "#engine/base/png.ts";
import type { Picture } from "#engine/platform/api.ts";

/** The bytes of a PNG file; lossless. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  return await pngBytes(picture, async (bytes) => {
    // "deflate" is the zlib format, which PNG asks for.
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  });
}
