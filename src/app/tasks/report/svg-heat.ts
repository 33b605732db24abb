// An occlusion map laid over its picture: warmer and hatched where covering the place costs the answer most.

import { html, type Markup } from "./html.ts";
import type { OcclusionMap } from "./occlusion.ts";
import type { Thumbnail } from "./pictures.ts";
import { figure, number, type FigureText } from "./svg-frame.ts";

/** Below this fall of the probability nothing is marked: rounding and patches alone give as much. */
export const leastDrop = 0.005;
/** Nor is a place that counts for less than this share of the one that counts most. */
const leastShare = 0.1;

/** The picture with its map; the place that counts most has a frame. */
export function heatOverlay(picture: Thumbnail, map: OcclusionMap, text: Omit<FigureText, "viewBox">): Markup {
  const { numRows, numColumns, drops } = map;
  const { width, height, uri } = picture;
  const [cellWidth, cellHeight] = [width / numColumns, height / numRows];
  const largest = Math.max(...drops, leastDrop);
  const places = drops.map((drop, index) => {
    if (drop < Math.max(leastDrop, leastShare * largest)) return undefined;
    const [x, y] = [(index % numColumns) * cellWidth, Math.floor(index / numColumns) * cellHeight];
    const frame = drop === largest ? " most" : "";
    return html`<rect
      class="heat${frame}"
      x="${number(x)}"
      y="${number(y)}"
      width="${number(cellWidth)}"
      height="${number(cellHeight)}"
      fill-opacity="${number((drop / largest) * 0.7, 2)}"
      ><title>${`−${(drop * 100).toFixed(1)} %`}</title></rect
    >`;
  });
  const image = html`<image href="${uri}" width="${width}" height="${height}" />`;
  return figure({ ...text, viewBox: `0 0 ${width} ${height}` }, image, places);
}
