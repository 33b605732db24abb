// A baseline: each window is described by two numbers, mean and standard deviation of its pixels (brightness and
// contrast), and taken for the class whose mean description is nearest.
import type { SampleDataset } from "sinter";

type Description = readonly [brightness: number, contrast: number];

/** The share of test windows that the baseline gets right. */
export async function nearestMeanAccuracy(train: SampleDataset, test: SampleDataset): Promise<number> {
  const means = classMeans(await describeAll(train));
  const described = await describeAll(test);
  const right = described.filter(({ description, label }) => nearest(description, means) === label);
  return right.length / described.length;
}

interface Described {
  readonly description: Description;
  readonly label: number;
}

/** Descriptions of all windows; nothing is augmented here, which happens on the device. */
async function describeAll(dataset: SampleDataset): Promise<Described[]> {
  const all: Described[] = [];
  for await (const { x, indices } of dataset.batches(0, { shuffle: false })) {
    const size = x.data.length / indices.length;
    indices.forEach((index, row) => {
      const pixels = x.data.subarray(row * size, (row + 1) * size);
      all.push({ description: describe(pixels), label: dataset.labels?.[index] ?? 0 });
    });
  }
  return all;
}

function describe(pixels: ArrayLike<number>): Description {
  let sum = 0;
  let sumOfSquares = 0;
  for (let index = 0; index < pixels.length; index += 1) {
    const value = pixels[index] ?? 0;
    sum += value;
    sumOfSquares += value * value;
  }
  const mean = sum / pixels.length;
  return [mean, Math.sqrt(sumOfSquares / pixels.length - mean * mean)];
}

function classMeans(described: readonly Described[]): Description[] {
  const means: Description[] = [];
  for (let label = 0; described.some((one) => one.label === label); label += 1) {
    const own = described.filter((one) => one.label === label).map(({ description }) => description);
    const total = own.reduce(([b, c], [brightness, contrast]) => [b + brightness, c + contrast], [0, 0]);
    means.push([total[0] / own.length, total[1] / own.length]);
  }
  return means;
}

function nearest([brightness, contrast]: Description, means: readonly Description[]): number {
  const distances = means.map(([b, c]) => Math.hypot(brightness - b, contrast - c));
  return distances.indexOf(Math.min(...distances));
}
