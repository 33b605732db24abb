import { type ModelDescription } from "../formats/model-json.js";
import { type StoredTensor } from "../formats/safetensors.js";
import type { Layer } from "../nn/layer.js";
import { type LayerMaker } from "../nn/layers.js";
import { type ModelCore, type Preprocessing } from "./model-core.js";
export interface SaveOptions {
  readonly includeOptimizer?: boolean;
}
export declare function saveCore(core: ModelCore, name: string, path: string, options: SaveOptions): Promise<void>;
export interface LoadedModel {
  readonly description: ModelDescription;
  readonly layers: readonly Layer[];
  readonly preprocessing: Preprocessing;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}
export declare function readModel(path: string, custom: Readonly<Record<string, LayerMaker>>): Promise<LoadedModel>;
export declare function restoreCore(core: ModelCore, { description, tensors, preprocessing }: LoadedModel): void;
