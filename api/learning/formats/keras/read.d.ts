import { type Hdf5Group } from "../hdf5/read.js";
import type { Described, DescribedGraph, ModelDescription } from "../model-json.js";
import type { StoredTensor } from "../safetensors.js";
import { type JsonObject } from "./json.js";
import { type ReadContext } from "./layer-config.js";
import { type ReadNetwork } from "./network-config.js";
import { type TrainedWeight } from "./optimizer-state.js";
import { type WeightPlan } from "./stored-weights.js";
export interface ReadKerasOptions {
  readonly custom?: ReadonlySet<string>;
  readonly inputShape?: readonly number[] | undefined;
  readonly compile?: boolean;
}
export interface DescribedModel {
  readonly description: ModelDescription;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}
export declare function readKerasFile(bytes: Uint8Array, options?: ReadKerasOptions): DescribedModel;
export declare function planOf(
  config: JsonObject,
  context: ReadContext,
): ReadNetwork & {
  readonly config: JsonObject;
};
export declare function readH5File(bytes: Uint8Array, options?: ReadKerasOptions): DescribedModel;
export declare function attributeText(group: Hdf5Group, name: string): string | undefined;
export declare function trainedWeights(
  layers: readonly Described[],
  tensors: ReadonlyMap<string, StoredTensor>,
): TrainedWeight[];
export declare function outputNames(layers: readonly Described[], graph: DescribedGraph | undefined): string[];
export declare function readWeightsFile(bytes: Uint8Array, plan: WeightPlan): ReadonlyMap<string, StoredTensor>;
