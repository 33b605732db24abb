import { type Tensor } from "../../engine/tensor/tensor.js";
import { type Batch, type Dataset, type HostTensor } from "../data/dataset.js";
import { type ArrayInput, type FromArraysOptions } from "../data/from-arrays.js";
import type { SampleDataset } from "../data/sample-dataset.js";
import type { DataSetup, ModelCore, Preprocessing } from "./model-core.js";
import type { DeviceBatch } from "./step.js";
export type Values = Tensor | ArrayInput;
export declare function isDataset(value: unknown): value is Dataset;
export declare function toHost(values: Values, name: string): Promise<HostTensor>;
interface ValuesOptions extends Omit<FromArraysOptions, "sampleWeight"> {
  readonly sampleWeight?: Values | undefined;
}
export declare function datasetOf(
  { rescale }: Preprocessing,
  x: Values,
  y: Values | undefined,
  options: ValuesOptions,
): Promise<SampleDataset>;
export declare function withoutOwnWeights(
  dataset: Dataset,
  what: string,
  {
    sampleWeight,
  }: {
    readonly sampleWeight?: Values | undefined;
  },
): Dataset;
export declare function setupOfData(dataset: Dataset, isTraining: boolean): DataSetup;
export declare function checkDataset(core: ModelCore, dataset: Dataset, what: string, needsLabels: boolean): void;
export declare function labelsOf(batch: Batch): HostTensor;
export declare function uploadBatch(batch: Batch, dataset: Dataset, epoch: number, isTraining: boolean): DeviceBatch;
export declare function upload({ data, shape, dtype }: HostTensor): Tensor;
export {};
