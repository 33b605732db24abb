import { type Tensor } from "../../engine/tensor/tensor.js";
import { type ModelDescription } from "../formats/model-json.js";
import { type StoredTensor } from "../formats/safetensors.js";
import type { DescribedModel } from "../formats/keras/read.js";
import { type LayerMaker } from "../nn/layers.js";
import { type Network } from "../nn/network.js";
import { type ModelCore, type Preprocessing } from "./model-core.js";
export interface SaveOptions {
  readonly includeOptimizer?: boolean;
}
export declare const modelFiles: {
  readonly description: "model.json";
  readonly weights: "model.safetensors";
  readonly graph: "model.onnx";
};
export declare function keptIn(path: string): "keras" | "folder";
export declare function saveCore(core: ModelCore, name: string, path: string, options: SaveOptions): Promise<void>;
export interface EncodedModel {
  readonly weights: Uint8Array;
  readonly description: Uint8Array;
  readonly graph: Uint8Array | undefined;
}
export declare function encodeModel(core: ModelCore, name: string, options: SaveOptions): Promise<EncodedModel>;
export declare function describedModel(core: ModelCore, name: string, options: SaveOptions): Promise<DescribedModel>;
export declare function storedTensor(value: Tensor): Promise<StoredTensor>;
export interface DescribedFolder {
  readonly description: ModelDescription;
  readonly network: Network;
}
export interface LoadedModel extends DescribedFolder {
  readonly preprocessing: Preprocessing;
  readonly tensors: ReadonlyMap<string, StoredTensor | Tensor>;
}
export declare function readModel(...folder: Parameters<typeof readDescription>): Promise<LoadedModel>;
export declare function readDescription(
  path: string,
  custom: Readonly<Record<string, LayerMaker>>,
  graphMaker?: (path: string) => Promise<LayerMaker>,
): Promise<DescribedFolder>;
export declare function preprocessingFrom({ preprocessing }: ModelDescription): Preprocessing;
export declare function networkFrom(
  { layers, graph }: ModelDescription,
  custom: Readonly<Record<string, LayerMaker>>,
): Network;
export declare function restoreCore(
  core: ModelCore,
  { description, tensors, preprocessing }: LoadedModel,
  from?: string,
): void;
export declare function restoreWeights(core: ModelCore, tensors: LoadedModel["tensors"], from?: string): void;
export declare function restoreOptimizer(core: ModelCore, tensors: LoadedModel["tensors"]): void;
