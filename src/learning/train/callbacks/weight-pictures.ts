// Weights as pictures for TensorBoard: which axes are rows, columns and pictures follows Keras.

import type { Picture } from "#engine/platform/api.ts";
import type { Shape } from "#engine/base/shape.ts";

/** As many as TensorFlow writes of one weight. */
const maxPictures = 3;
/** Numbers of a weight that is drawn; a larger one would be megabytes every time. */
const maxNumbers = 2 ** 22;

/**
 * A weight as pictures, grey from its least value to its greatest.
 * @returns none for a weight that Keras does not draw either: a number, more than four axes; or one of over 4 million numbers
 * @source Keras 3.15, callbacks/tensorboard.py, _log_weight_as_image
 */
export function weightPictures(values: ArrayLike<number>, shape: Shape): Picture[] {
  const axes = shape.filter((extent) => extent !== 1);
  if (values.length > maxNumbers || axes.length === 0) return [];
  const laid = layOut(axes);
  if (laid === undefined) return [];
  const [low, high] = extremes(values);
  const scale = high > low ? 255 / (high - low) : 0;
  const { count, height, width, channels, at } = laid;
  return Array.from({ length: Math.min(count, maxPictures) }, (_, picture) => {
    const data = new Uint8Array(height * width * channels);
    for (let index = 0; index < data.length; index += 1) {
      const column = Math.floor(index / channels) % width;
      const row = Math.floor(index / (channels * width));
      const value = values[at(picture, row, column, index % channels)] ?? 0;
      data[index] = Number.isFinite(value) ? Math.round((value - low) * scale) : 0;
    }
    return { width, height, channels, data };
  });
}

interface Laid {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: Picture["channels"];
  readonly at: (picture: number, row: number, column: number, channel: number) => number;
}

function layOut([first = 1, second = 1, third = 1, fourth = 1, ...further]: readonly number[]): Laid | undefined {
  if (further.length > 0) return undefined;
  if (fourth > 1) {
    if (fourth !== 3 && fourth !== 4) return undefined;
    const at = (picture: number, row: number, column: number, channel: number): number =>
      ((picture * second + row) * third + column) * fourth + channel;
    return { count: first, height: second, width: third, channels: fourth, at };
  }
  if (third > 1) {
    const at = (picture: number, row: number, column: number): number => (row * second + column) * third + picture;
    return { count: third, height: first, width: second, channels: 1, at };
  }
  if (second > 1 && first > second) {
    return { count: 1, height: second, width: first, channels: 1, at: (_, row, column) => column * second + row };
  }
  return { count: 1, height: first, width: second, channels: 1, at: (_, row, column) => row * second + column };
}

function extremes(values: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
