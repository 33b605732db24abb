// Which places of a picture an answer rests on: a patch covers one place after another, and the fall of the answer's
// probability is noted. One batched prediction a picture.

import { platform } from "#engine/platform/api.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { readPictureBytes } from "#learning/data/image-files.ts";
import type { Rescale } from "#learning/data/dataset.ts";
import type { Model } from "#learning/train/model.ts";
import { confidenceOf, probabilitiesOf, type Answer } from "./predictions.ts";

/** How much the probability of the answer falls when a place is covered, over a grid of places. */
export interface OcclusionMap {
  readonly numRows: number;
  readonly numColumns: number;
  /** Row-major; negative where covering makes the answer surer. */
  readonly drops: readonly number[];
}

/** Cells along a side: fine enough to see what counts, 64 predictions a picture. */
const maxCells = 8;
const batchSize = 32;

/**
 * The occlusion map of an answer. A patch twice as wide as a cell, in the picture's mean colour, is centred on each cell.
 * @source Zeiler and Fergus 2014, Visualizing and understanding convolutional networks, section 4.2
 */
export async function occlusionMap(model: Model, answer: Answer, signal?: AbortSignal): Promise<OcclusionMap> {
  const [height = 1, width = 1, channels = 3] = model.network.input.shape;
  const bytes = await readPictureBytes(answer.file);
  const picture = await platform().decodeImage(bytes, { size: [height, width], channels: channels === 1 ? 1 : 3 });
  const [numRows, numColumns] = [Math.min(maxCells, height), Math.min(maxCells, width)];
  const place = { height, width, channels, numRows, numColumns };
  const x = coveredPictures(picture.data, place);
  const shape = [numRows * numColumns, height, width, channels];
  const rescale: Rescale = model.preprocessing.rescale ?? 1 / 255;
  const rows = await probabilitiesOf(
    model,
    fromArrays({ data: x, shape, dtype: "u8" }, undefined, { batchSize, rescale }),
    signal,
  );
  const whole = confidenceOf(answer);
  return { numRows, numColumns, drops: rows.map((row) => whole - (row[answer.given] ?? 0)) };
}

interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly numRows: number;
  readonly numColumns: number;
}

/** One copy of the pixels a cell, each with a patch over that cell. */
export function coveredPictures(pixels: Uint8Array, grid: Grid): Uint8Array {
  const { numRows, numColumns } = grid;
  const size = pixels.length;
  const mean = meanColour(pixels, grid.channels);
  const all = new Uint8Array(size * numRows * numColumns);
  for (let cell = 0; cell < numRows * numColumns; cell += 1) {
    const copy = all.subarray(cell * size, (cell + 1) * size);
    copy.set(pixels);
    cover(copy, mean, grid, [Math.floor(cell / numColumns), cell % numColumns]);
  }
  return all;
}

function cover(
  pixels: Uint8Array,
  colour: readonly number[],
  { height, width, channels, numRows, numColumns }: Grid,
  [row, column]: readonly [number, number],
): void {
  const bounds = (cell: number, numCells: number, extent: number): [number, number] => [
    Math.max(0, Math.round(((cell - 0.5) * extent) / numCells)),
    Math.min(extent, Math.round(((cell + 1.5) * extent) / numCells)),
  ];
  const [top, bottom] = bounds(row, numRows, height);
  const [left, right] = bounds(column, numColumns, width);
  for (let y = top; y < bottom; y += 1) {
    for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at += 1) {
      pixels[at] = colour[at % channels] ?? 0;
    }
  }
}

function meanColour(pixels: Uint8Array, channels: number): number[] {
  const sums = Array.from({ length: channels }, () => 0);
  pixels.forEach((value, index) => (sums[index % channels] = (sums[index % channels] ?? 0) + value));
  return sums.map((sum) => Math.round((sum * channels) / pixels.length));
}
