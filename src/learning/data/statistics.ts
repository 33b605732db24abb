// Mean and variance of a data set's samples, as the model's first layer will see them. Streams: holds one batch at a time.

import { SinterError } from "#engine/base/error.ts";
import { shapeText, sizeOf } from "#engine/base/shape.ts";
import { type Dataset, type HostTensor, scaleAndOffset } from "#learning/data/dataset.ts";

export interface StatisticsOptions {
  /** Axes that keep statistics of their own, the batch counted: default the last (channels, features); null for none. */
  readonly axis?: number | readonly number[] | null;
  readonly signal?: AbortSignal;
}

/** What `layers.normalization` takes. */
export interface Statistics {
  readonly axis: number | readonly number[] | null;
  /** One for each place on the axes, row-major; one number for `axis: null`. */
  readonly mean: readonly number[];
  /** Of the whole: divided by n. */
  readonly variance: readonly number[];
}

/**
 * Mean and variance of all samples, in file order, without augmentation, after `rescale`: what Keras's
 * `Normalization.adapt` finds. Sums are kept in double precision, batch by batch, so that large values lose nothing.
 * @throws data for a data set without samples; option for a bad axis; aborted
 * @source Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance
 * @example
 * const train = fromArrays([[1, 200], [3, 400]], [[0], [1]]);
 * const first = layers.normalization({ ...(await statisticsOf(train)), inputShape: [2] });
 */
export async function statisticsOf(dataset: Dataset, options: StatisticsOptions = {}): Promise<Statistics> {
  const { axis = -1, signal } = options;
  const kept = keptAxes(dataset.elementShape, axis);
  const groups = groupsOf(dataset.elementShape, kept);
  const total = emptyMoments(kept.reduce((size, at) => size * (dataset.elementShape[at] ?? 1), 1));
  const reading = { shuffle: false, ...(signal === undefined ? {} : { signal }) };
  let shifts: Float64Array | undefined;
  for await (const { x } of dataset.batches(0, reading)) {
    shifts ??= firstOfGroups(x, groups, total.count.length);
    addMoments(total, batchMoments(x, groups, shifts));
  }
  if (total.count.every((count) => count === 0)) {
    throw new SinterError("data", "statisticsOf: the data has no samples. Check its folder, or its first axis.");
  }
  const { scale, offset } = scaleAndOffset(dataset.rescale);
  return {
    axis,
    mean: Array.from(total.mean, (mean, group) => (mean + (shifts?.[group] ?? 0)) * scale + offset),
    variance: Array.from(total.squares, (squares, group) => (squares / (total.count[group] ?? 1)) * scale * scale),
  };
}

/** Axes of a sample, from 0, in order. @throws option */
function keptAxes(elementShape: readonly number[], axis: number | readonly number[] | null): readonly number[] {
  const rank = elementShape.length + 1;
  return (axis === null ? [] : [axis].flat())
    .map((one) => {
      const at = one < 0 ? one + rank : one;
      if (Number.isInteger(at) && at >= 1 && at < rank) return at - 1;
      throw new SinterError(
        "option",
        `statisticsOf: axis ${one} of samples ${shapeText(elementShape)}. Use 1 to ${rank - 1}, the batch counted, or -1.`,
        { axis: one },
      );
    })
    .toSorted((left, right) => left - right);
}

/** For each element of a sample the number of its group. */
function groupsOf(elementShape: readonly number[], kept: readonly number[]): Int32Array {
  return Int32Array.from({ length: sizeOf(elementShape) }, (_, element) => {
    let rest = element;
    let group = 0;
    let stride = 1;
    for (let at = elementShape.length - 1; at >= 0; at -= 1) {
      const extent = elementShape[at] ?? 1;
      if (kept.includes(at)) {
        group += (rest % extent) * stride;
        stride *= extent;
      }
      rest = Math.floor(rest / extent);
    }
    return group;
  });
}

/** Taken off every number: a small spread far from 0 keeps all its digits. */
function firstOfGroups({ data }: HostTensor, groups: Int32Array, numGroups: number): Float64Array {
  const firsts = new Float64Array(numGroups);
  groups.forEach((group, element) => (firsts[group] = data[element] ?? 0));
  return firsts;
}

/** By group: how many numbers, their mean, and the squares of their distances from it. */
interface Moments {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

function emptyMoments(numGroups: number): Moments {
  return {
    count: new Float64Array(numGroups),
    mean: new Float64Array(numGroups),
    squares: new Float64Array(numGroups),
  };
}

/** Two passes over one batch. @throws data for 16-bit floats */
function batchMoments({ data, shape, dtype }: HostTensor, groups: Int32Array, shifts: Float64Array): Moments {
  if (dtype === "f16" || dtype === "bf16") {
    throw new SinterError("data", `statisticsOf: samples are ${dtype}, expected f32, i32 or u8. Convert them first.`);
  }
  const moments = emptyMoments(shifts.length);
  const { count, mean, squares } = moments;
  const size = groups.length;
  for (const group of groups) count[group] = (count[group] ?? 0) + (shape[0] ?? 0);
  for (let index = 0; index < data.length; index += 1) {
    const group = groups[index % size] ?? 0;
    mean[group] = (mean[group] ?? 0) + ((data[index] ?? 0) - (shifts[group] ?? 0));
  }
  mean.forEach((sum, group) => (mean[group] = sum / Math.max(1, count[group] ?? 1)));
  for (let index = 0; index < data.length; index += 1) {
    const group = groups[index % size] ?? 0;
    squares[group] = (squares[group] ?? 0) + ((data[index] ?? 0) - (shifts[group] ?? 0) - (mean[group] ?? 0)) ** 2;
  }
  return moments;
}

/** Joins a batch to what came before it. */
function addMoments(total: Moments, batch: Moments): void {
  batch.count.forEach((added, group) => {
    const before = total.count[group] ?? 0;
    const count = before + added;
    if (count === 0) return;
    const distance = (batch.mean[group] ?? 0) - (total.mean[group] ?? 0);
    total.count[group] = count;
    total.mean[group] = (total.mean[group] ?? 0) + (distance * added) / count;
    total.squares[group] =
      (total.squares[group] ?? 0) + (batch.squares[group] ?? 0) + (distance * distance * before * added) / count;
  });
}
