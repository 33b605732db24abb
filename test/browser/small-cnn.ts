// One program for Node and for pages: trains a small CNN on made pictures, and gives the losses. It is handed the door,
// so that the same text runs over the sources and over the packed package.

import type * as Sinter from "#entry/main.ts";

/** The names of the door that the program uses. */
export type Door = Pick<typeof Sinter, "closeDevice" | "currentDevice" | "fromArrays" | "layers" | "sequential">;

/** What a run of the program leaves. */
export interface TrainedCnn {
  readonly description: string;
  /** Of every batch of trainOnBatch, before its update. */
  readonly batchLosses: readonly number[];
  /** Of every epoch of fit: the mean over its batches. */
  readonly epochLosses: readonly number[];
  readonly accuracy: number;
}

const size = 20;
const numClasses = 3;
const numPictures = 96;
const batchSize = 16;

/** Equal everywhere, unlike Math.sin: a hash of integers, 0 to 255. */
function noise(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca77);
  return (bits ^ (bits >>> 13)) & 255;
}

/** Stripes across, stripes down and squares, three bytes a pixel, half of each value noise. */
function makePictures(): { readonly x: Uint8Array; readonly labels: Int32Array } {
  const labels = Int32Array.from({ length: numPictures }, (_, picture) => picture % numClasses);
  const x = Uint8Array.from({ length: numPictures * size * size * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    const picture = Math.floor(pixel / (size * size));
    const row = Math.floor(pixel / size) % size;
    const column = pixel % size;
    const isRow = ((row + picture) >> 1) % 2 === 0;
    const isColumn = ((column + picture) >> 1) % 2 === 0;
    const isLight = [isRow, isColumn, isRow === isColumn][picture % numClasses] ?? false;
    return (isLight ? 127 : 0) + (noise(index) >> 1);
  });
  return { x, labels };
}

/** Seeded weights, ten batches by hand, then two epochs of fit and an evaluation. */
export async function trainSmallCnn(door: Door): Promise<TrainedCnn> {
  const { closeDevice, currentDevice, fromArrays, layers, sequential } = door;
  const { x, labels } = makePictures();
  // What the program makes is no part of what the library does to the page.
  await new Promise((resolve) => setTimeout(resolve));
  const options = { batchSize, seed: 3, rescale: 1 / 255 };
  const samples = { data: x, shape: [numPictures, size, size, 3], dtype: "u8" } as const;
  const dataset = fromArrays(samples, labels, options);
  const model = sequential(
    [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [size, size, 3] }), // [18, 18, 8]
      layers.maxPooling2d({ poolSize: 2 }), // [9, 9, 8]
      layers.conv2d({ filters: 12, kernelSize: 3, activation: "relu" }), // [7, 7, 12]
      layers.maxPooling2d({ poolSize: 2 }), // [3, 3, 12]
      layers.flatten(), // [108]
      layers.dense({ units: 16, activation: "relu" }),
      layers.dense({ units: numClasses, activation: "softmax" }),
    ],
    { seed: 5 },
  );
  model.compile({
    optimizer: "adam",
    learningRate: 3e-3,
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  model.preprocessing = { rescale: options.rescale };
  const batchLosses: number[] = [];
  for (let step = 0; step < 10; step += 1) {
    const first = (step * batchSize) % numPictures;
    const pixels = x.slice(first * size * size * 3, (first + batchSize) * size * size * 3);
    const batch = { ...samples, data: pixels, shape: [batchSize, size, size, 3] };
    const { loss = NaN } = await model.trainOnBatch(batch, labels.slice(first, first + batchSize));
    batchLosses.push(loss);
  }
  const { history } = await model.fit(dataset, { epochs: 2, verbose: 0 });
  const { accuracy = NaN } = await model.evaluate(dataset, { verbose: 0 });
  const { description } = currentDevice();
  await closeDevice();
  return { description, batchLosses, epochLosses: history.loss ?? [], accuracy };
}
