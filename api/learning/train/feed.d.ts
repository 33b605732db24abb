import type { Shape } from "../../engine/base/shape.js";
import { type Tensor } from "../../engine/tensor/tensor.js";
import { type Batch, type Dataset, type HostTensor } from "../data/dataset.js";
import { type FromArraysOptions } from "../data/from-arrays.js";
import type { SampleDataset } from "../data/sample-dataset.js";
import type { DeviceBatch } from "./device-batch.js";
import type { DataSetup, Preprocessing } from "./model-core.js";
import { type EndNames, type SeveralValues, type Values } from "./several-values.js";
export declare function isDataset(value: unknown): value is Dataset;
export declare function toHost(values: Values, name: string): Promise<HostTensor>;
export interface Receiver {
  readonly preprocessing: Preprocessing;
  readonly names: EndNames;
}
interface ValuesOptions extends Omit<FromArraysOptions, "sampleWeight"> {
  readonly sampleWeight?: Values | SeveralValues | undefined;
}
export declare function datasetOf(
  { preprocessing: { rescale }, names }: Receiver,
  x: Values | SeveralValues,
  y: Values | SeveralValues | undefined,
  options: ValuesOptions,
): Promise<SampleDataset>;
export declare function withoutOwnWeights(
  dataset: Dataset,
  what: string,
  {
    sampleWeight,
  }: {
    readonly sampleWeight?: unknown;
  },
): Dataset;
export declare function setupOfData(dataset: Dataset, isTraining: boolean): DataSetup;
export declare function inputsOf({ x, inputs }: Batch): readonly HostTensor[];
export declare function targetsOf({ y, targets }: Batch): readonly HostTensor[];
export declare function labelShapesOf(batch: Batch): readonly Shape[];
export declare function uploadBatch(batch: Batch, dataset: Dataset, epoch: number, isTraining: boolean): DeviceBatch;
export declare function upload({ data, shape, dtype }: HostTensor): Tensor;
export {};
