// From what users hand in to batches on the device: arrays become a data set, a data set's batches become tensors.

import { SinterError } from "#engine/base/error.ts";
import { shapeText } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import { scaleAndOffset, type Batch, type Dataset, type HostTensor } from "#learning/data/dataset.ts";
import { fromArrays, hostTensor, type ArrayInput, type FromArraysOptions } from "#learning/data/from-arrays.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { DataSetup, ModelCore, Preprocessing } from "./model-core.ts";
import type { DeviceBatch } from "./step.ts";

/** Values for many samples: tensors, typed or nested arrays. */
export type Values = Tensor | ArrayInput;

/** Whether a value is a data set rather than values. */
export function isDataset(value: unknown): value is Dataset {
  return typeof value === "object" && value !== null && "batches" in value && typeof value.batches === "function";
}

/** Values in host memory. */
export async function toHost(values: Values, name: string): Promise<HostTensor> {
  if (!isTensor(values)) return hostTensor(values, name);
  return { data: await values.data(), shape: values.shape, dtype: values.dtype };
}

/** As of `fromArrays`; weights may be a tensor too. */
interface ValuesOptions extends Omit<FromArraysOptions, "sampleWeight"> {
  readonly sampleWeight?: Values | undefined;
}

/** A data set over values. Bytes get the model's stored scale; everything else is taken as it is. */
export async function datasetOf(
  { rescale }: Preprocessing,
  x: Values,
  y: Values | undefined,
  options: ValuesOptions,
): Promise<SampleDataset> {
  const { sampleWeight: weights, ...others } = options;
  const samples = await toHost(x, "x");
  const targets = y === undefined ? undefined : await toHost(y, "y");
  const sampleWeight = weights === undefined ? undefined : await toHost(weights, "sampleWeight");
  const isStored = samples.dtype === "u8" && rescale !== undefined;
  return fromArrays(samples, targets, {
    ...others,
    ...(sampleWeight === undefined ? {} : { sampleWeight }),
    ...(isStored ? { rescale } : {}),
  });
}

/** The data set itself. @throws option for weights beside it: its batches carry their own */
export function withoutOwnWeights(
  dataset: Dataset,
  what: string,
  { sampleWeight }: { readonly sampleWeight?: Values | undefined },
): Dataset {
  if (sampleWeight === undefined) return dataset;
  throw new SinterError(
    "option",
    `${what}: sampleWeight beside a data set. Give it to fromArrays, or as sampleWeight of each batch.`,
  );
}

/** What a program for this data set is compiled for. */
export function setupOfData(dataset: Dataset, isTraining: boolean): DataSetup {
  const { scale, offset } = scaleAndOffset(dataset.rescale);
  return isTraining && dataset.augment !== undefined ? { scale, offset, augment: dataset.augment } : { scale, offset };
}

/** Fails unless samples have the network's input shape, and labels where they are needed. @throws shape, data */
export function checkDataset(core: ModelCore, dataset: Dataset, what: string, needsLabels: boolean): void {
  const expected = core.network.input.shape;
  if (shapeText(dataset.elementShape) !== shapeText(expected)) {
    throw new SinterError(
      "shape",
      `${what}: samples are ${shapeText(dataset.elementShape)}, but the network takes ${shapeText(expected)}. ` +
        "Resize the data (imageSize), or change inputShape.",
      { samples: dataset.elementShape, expected },
    );
  }
  if (needsLabels && dataset.labelMode === "none") {
    throw new SinterError("data", `${what}: the data has no labels. Give y, or labelMode: "binary" or "categorical".`);
  }
  if (dataset.numSamples === 0) {
    throw new SinterError("data", `${what}: the data has no samples. Check its folder, or its first axis.`);
  }
}

/** The batch's labels. @throws data when it has none */
export function labelsOf(batch: Batch): HostTensor {
  if (batch.y !== undefined) return batch.y;
  throw new SinterError("data", 'A batch came without labels. Give y, or labelMode: "binary" or "categorical".');
}

/** A batch on the device. Changes of augmentation are a pure function of (seed, epoch, sample). */
export function uploadBatch(batch: Batch, dataset: Dataset, epoch: number, isTraining: boolean): DeviceBatch {
  const weights = batch.sampleWeight === undefined ? {} : { weights: upload(batch.sampleWeight) };
  const base = { x: upload(batch.x), y: upload(labelsOf(batch)), ...weights };
  if (!isTraining || dataset.augment === undefined) return base;
  const [height = 0, width = 0] = dataset.elementShape;
  const place = { seed: dataset.seed, epoch, indices: batch.draws ?? batch.indices };
  const changes = drawBatchAugmentation(dataset.augment, place, height, width);
  return { ...base, changes: mapChanges(changes, upload) };
}

/** Host values on the device. */
export function upload({ data, shape, dtype }: HostTensor): Tensor {
  return tensor(data, { shape, dtype });
}
