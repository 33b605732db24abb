import { type Activation } from "../nn/activations.js";
import type { Network } from "../nn/network.js";
import { Model } from "../train/model.js";
export interface BertConfig {
  readonly vocabSize?: number;
  readonly hiddenSize?: number;
  readonly numLayers?: number;
  readonly numHeads?: number;
  readonly intermediateSize?: number;
  readonly maxPositions?: number;
  readonly typeVocabSize?: number;
  readonly hiddenActivation?: Activation;
  readonly layerNormEpsilon?: number;
  readonly dropout?: number;
  readonly attentionDropout?: number;
}
export interface BertHead {
  readonly sequenceLength?: number;
  readonly tokenTypes?: boolean;
  readonly pooling?: BertPooling;
  readonly classes?: number;
  readonly classifierActivation?: Activation;
}
export type BertPooling = "mean" | "cls" | "pooler";
export interface BertOptions extends BertConfig, BertHead {
  readonly name?: string;
  readonly seed?: number;
}
export declare const bertConfigOptions: readonly (keyof BertConfig)[];
export declare const bertHeadOptions: readonly (keyof BertHead)[];
export declare function bert(options?: BertOptions): Model;
export declare function bertNetwork(options: BertConfig & BertHead): Network;
