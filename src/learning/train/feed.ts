// From what users hand in to batches on the device: arrays become a data set, a data set's batches become tensors.

import { SinterError } from "#engine/base/error.ts";
import type { Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import { hostTensor } from "#learning/data/array-values.ts";
import { drawBatchAugmentation, mapChanges } from "#learning/data/augment-batch.ts";
import { scaleAndOffset, type Batch, type Dataset, type HostTensor } from "#learning/data/dataset.ts";
import { fromArrays, type FromArraysOptions } from "#learning/data/from-arrays.ts";
import type { SampleDataset } from "#learning/data/sample-dataset.ts";
import type { DeviceBatch } from "./device-batch.ts";
import type { DataSetup, Preprocessing } from "./model-core.ts";
import { inOrder, isForAll, type EndNames, type SeveralValues, type Values } from "./several-values.ts";

/** Whether a value is a data set rather than values. */
export function isDataset(value: unknown): value is Dataset {
  return typeof value === "object" && value !== null && "batches" in value && typeof value.batches === "function";
}

/** Values in host memory. */
export async function toHost(values: Values, name: string): Promise<HostTensor> {
  if (!isTensor(values)) return hostTensor(values, name);
  return { data: await values.data(), shape: values.shape, dtype: values.dtype };
}

function allToHost(values: readonly Values[], name: string): Promise<HostTensor[]> {
  return Promise.all(values.map((one, place) => toHost(one, values.length === 1 ? name : `${name}[${place}]`)));
}

/** What values are for: a model, as far as it is known. */
export interface Receiver {
  readonly preprocessing: Preprocessing;
  readonly names: EndNames;
}

/** As of `fromArrays`; weights may be tensors too. */
interface ValuesOptions extends Omit<FromArraysOptions, "sampleWeight"> {
  readonly sampleWeight?: Values | SeveralValues | undefined;
}

/** A data set over values. Bytes get the model's stored scale; everything else is taken as it is. */
export async function datasetOf(
  { preprocessing: { rescale }, names }: Receiver,
  x: Values | SeveralValues,
  y: Values | SeveralValues | undefined,
  options: ValuesOptions,
): Promise<SampleDataset> {
  const { sampleWeight: weights, ...others } = options;
  const inputs = await allToHost(inOrder(x, names.inputs, "x"), "x");
  const targets = y === undefined ? undefined : await allToHost(inOrder(y, names.targets, "y"), "y");
  const sampleWeight = weights === undefined ? undefined : await weightsToHost(weights, names.targets);
  const isStored = inputs[0]?.dtype === "u8" && rescale !== undefined;
  return fromArrays(inputs, targets, {
    ...others,
    ...(sampleWeight === undefined ? {} : { sampleWeight }),
    ...(isStored ? { rescale } : {}),
  });
}

function weightsToHost(weights: Values | SeveralValues, targets: EndNames["targets"]): Promise<HostTensor[]> {
  return allToHost(isForAll(weights) ? [weights] : inOrder(weights, targets, "sampleWeight"), "sampleWeight");
}

/** The data set itself. @throws option for weights beside it: its batches carry their own */
export function withoutOwnWeights(
  dataset: Dataset,
  what: string,
  { sampleWeight }: { readonly sampleWeight?: unknown },
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

/** The batch's inputs. */
export function inputsOf({ x, inputs }: Batch): readonly HostTensor[] {
  return inputs ?? [x];
}

/** The batch's labels, one for each target. @throws data when it has none */
export function targetsOf({ y, targets }: Batch): readonly HostTensor[] {
  if (targets !== undefined) return targets;
  if (y !== undefined) return [y];
  throw noLabels();
}

function noLabels(): SinterError {
  return new SinterError("data", 'A batch came without labels. Give y, or labelMode: "binary" or "categorical".');
}

/** Shapes of the batch's labels. @throws data when it has none */
export function labelShapesOf(batch: Batch): readonly Shape[] {
  return targetsOf(batch).map(({ shape }) => shape);
}

/** A batch on the device. Changes of augmentation are a pure function of (seed, epoch, sample). */
export function uploadBatch(batch: Batch, dataset: Dataset, epoch: number, isTraining: boolean): DeviceBatch {
  const [x = batch.x, ...furtherInputs] = inputsOf(batch);
  const [y, ...furtherTargets] = targetsOf(batch);
  if (y === undefined) throw noLabels();
  const { sampleWeight, sampleWeights } = batch;
  const base = {
    x: upload(x),
    ...(furtherInputs.length === 0 ? {} : { furtherInputs: furtherInputs.map(upload) }),
    y: upload(y),
    ...(furtherTargets.length === 0 ? {} : { furtherTargets: furtherTargets.map(upload) }),
    ...(sampleWeight === undefined ? {} : { weights: upload(sampleWeight) }),
    ...(sampleWeights === undefined ? {} : { targetWeights: sampleWeights.map(upload) }),
  };
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
