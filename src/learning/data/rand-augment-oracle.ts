// What RandAugment's operations mean, for one picture in plain loops and double precision: the oracle of the batched
// operation in tests. Slow; nothing but tests calls it.

import { movePicture, type OraclePicture } from "#learning/data/augment-oracle.ts";
import type { Operation } from "#learning/data/rand-augment.ts";

/** The picture after its operations, values 0 to 255. */
export function randAugmentPicture(picture: OraclePicture, operations: readonly Operation[]): Float64Array {
  let data = Float64Array.from(picture.data);
  for (const operation of operations) data = applyOperation({ ...picture, data }, operation);
  return data;
}

function applyOperation(picture: OraclePicture, operation: Operation): Float64Array<ArrayBuffer> {
  const { name, strength, threshold } = operation;
  const values = Float64Array.from(picture.data);
  switch (name) {
    case "shear":
    case "translation":
    case "rotation":
      return Float64Array.from(movePicture(picture, operation.matrix, "reflect"));
    case "brightness":
      return values.map((value) => clip(value + strength));
    case "colorDegeneration": {
      const grey = greyOf(picture);
      return values.map((value, index) => clip(value + strength * ((grey[index] ?? 0) - value)));
    }
    case "contrast":
      return eachChannel(picture, (channel) => {
        const mean = channel.reduce((sum, value) => sum + value, 0) / channel.length;
        return channel.map((value) => clip((value - mean) * strength + mean));
      });
    case "sharpness": {
      const smooth = smoothed(picture);
      return values.map((value, index) => clip(value + (1 - strength) * ((smooth[index] ?? 0) - value)));
    }
    case "posterization":
      return values.map((value) => Math.floor(Math.floor(value) / strength) * strength);
    case "solarization":
      return values.map((value) => {
        const added = clip(value + strength);
        return added < threshold ? added : 255 - added;
      });
    case "autoContrast":
      return eachChannel(picture, stretched);
    case "equalization":
      return eachChannel(picture, equalized);
    default:
      return name satisfies never;
  }
}

function clip(value: number): number {
  return Math.min(255, Math.max(0, value));
}

function greyOf({ channels, data }: OraclePicture): Float64Array {
  return Float64Array.from(data, (value, index) => {
    const first = index - (index % channels);
    const [red, green, blue] = [data[first] ?? 0, data[first + 1] ?? 0, data[first + 2] ?? 0];
    return channels < 3 ? value : 0.2989 * red + 0.587 * green + 0.114 * blue;
  });
}

function eachChannel(
  { channels, data }: OraclePicture,
  change: (values: readonly number[]) => readonly number[],
): Float64Array<ArrayBuffer> {
  const result = Float64Array.from(data);
  for (let channel = 0; channel < channels; channel += 1) {
    const values = Array.from(data).filter((_, index) => index % channels === channel);
    change(values).forEach((value, place) => (result[place * channels + channel] = value));
  }
  return result;
}

function smoothed({ height, width, channels, data }: OraclePicture): Float64Array {
  return Float64Array.from(data, (middle, index) => {
    const row = Math.floor(index / channels / width);
    const column = Math.floor(index / channels) % width;
    let sum = 4 * middle;
    for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x += 1) {
        sum += data[(y * width + x) * channels + (index % channels)] ?? 0;
      }
    }
    return sum / 13;
  });
}

function stretched(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? values : values.map((value) => ((value - low) * 255) / (high - low));
}

function equalized(values: readonly number[]): readonly number[] {
  const levels = values.map((value) => Math.floor(clip(value)));
  const counts = Array.from({ length: 256 }, () => 0);
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  if (counts.filter((count) => count > 0).length <= 1) return values;
  let sum = 0;
  const cumulative = counts.map((count) => (sum += count));
  const least = cumulative.find((count) => count > 0) ?? 0;
  const table = cumulative.map((count) => clip(roundToEven(((count - least) * 255) / (values.length - least))));
  return levels.map((level) => table[level] ?? 0);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
