// Default boxes: the boxes that a detector corrects, of several shapes at every place of every feature map.

import { SinterError } from "#engine/base/error.ts";

/** Height and width. */
export type Extents = readonly [height: number, width: number];

export interface AnchorOptions {
  /** Of the picture. */
  readonly size: Extents;
  /** Height and width of each feature map. */
  readonly maps: readonly Extents[];
  /** Of each map: beside squares, boxes so many times as wide as high, and as high as wide. */
  readonly aspectRatios: readonly (readonly number[])[];
  /** Shares of the picture, one a map and one more: the larger square of a map lies between its share and the next. */
  readonly scales: readonly number[];
  /** Pixels between the places of each map; the picture over the map when left out. */
  readonly steps?: readonly number[] | undefined;
}

/** Boxes at each place of each map: two squares, and two for each ratio. */
export function anchorsPerPlace(aspectRatios: readonly (readonly number[])[]): number[] {
  return aspectRatios.map((ratios) => 2 + 2 * ratios.length);
}

/**
 * All default boxes: by map, by row, by column, by shape.
 * @returns f32 [numAnchors · 4], two corners in pixels, also beyond the picture's borders
 * @throws option unless there is a list of ratios for each map and one scale more
 * @source Liu et al., SSD: single shot multibox detector, 2016, 2.2; torchvision's DefaultBoxGenerator
 */
export function defaultBoxes(options: AnchorOptions): Float32Array<ArrayBuffer> {
  const { size, maps, aspectRatios, scales, steps } = options;
  if (aspectRatios.length !== maps.length || scales.length !== maps.length + 1) {
    throw new SinterError(
      "option",
      `ssd: ${maps.length} feature maps, ${aspectRatios.length} aspectRatios and ${scales.length} scales. Give a list of ` +
        "ratios for each map, and one scale more than maps.",
      { maps: maps.length, aspectRatios: aspectRatios.length, scales: scales.length },
    );
  }
  const [height, width] = size;
  const corners: number[] = [];
  for (const [index, [rows, columns]] of maps.entries()) {
    const shapes = shapesOf(scales[index] ?? 1, scales[index + 1] ?? 1, aspectRatios[index] ?? []);
    const step = steps?.[index];
    const [down, across] = step === undefined ? [rows, columns] : [height / step, width / step];
    for (let place = 0; place < rows * columns; place += 1) {
      const y = (Math.floor(place / columns) + 0.5) / down;
      const x = ((place % columns) + 0.5) / across;
      for (const [w, h] of shapes) {
        corners.push((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height);
      }
    }
  }
  return Float32Array.from(corners);
}

/** Width and height of the boxes at a place, as shares of the picture, at most 1. */
function shapesOf(scale: number, next: number, ratios: readonly number[]): (readonly [number, number])[] {
  const between = Math.sqrt(scale * next);
  const shapes = ratios.flatMap((ratio): [number, number][] => {
    const root = Math.sqrt(ratio);
    return [
      [scale * root, scale / root],
      [scale / root, scale * root],
    ];
  });
  const all: readonly (readonly [number, number])[] = [[scale, scale], [between, between], ...shapes];
  return all.map(([w, h]) => [Math.min(1, w), Math.min(1, h)]);
}

/** Scales from the smallest to the largest, evenly spread over the maps, and 1 behind them. @source torchvision's DefaultBoxGenerator */
export function evenScales(numMaps: number, smallest: number, largest: number): number[] {
  if (numMaps === 1) return [smallest, largest];
  const range = largest - smallest;
  return [...Array.from({ length: numMaps }, (_, map) => smallest + (range * map) / (numMaps - 1)), 1];
}
