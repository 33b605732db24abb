import type { Weights } from "../nn/layer.js";
import type { Network } from "../nn/network.js";
import { Model } from "../train/model.js";
import { type BertConfig, type BertHead } from "./bert.js";
import { type TransformersConfig } from "./transformers-folder.js";
export interface LoadBertOptions extends BertHead {
  readonly name?: string;
  readonly seed?: number;
}
export declare function loadBert(folder: string, options?: LoadBertOptions): Promise<Model>;
export declare function readBertWeights(folder: string, network: Network): Promise<Weights>;
export declare function bertConfigOf(config: TransformersConfig): Required<BertConfig>;
export declare function saveBert(net: Model, folder: string): Promise<void>;
export declare function bertWeightName(path: string): string;
