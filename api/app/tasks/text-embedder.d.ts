import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Tokenizer } from "../../learning/data/text/tokenizer.js";
import type { Weights } from "../../learning/nn/layer.js";
import { type Network } from "../../learning/nn/network.js";
import { type SentenceRule } from "./sentence-folder.js";
export interface LoadEmbedderOptions {
  readonly pooling?: SentenceRule["pooling"];
  readonly normalize?: boolean;
  readonly maxLength?: number;
}
export interface EmbedOptions {
  readonly batchSize?: number;
  readonly onProgress?: (numDone: number) => void;
  readonly signal?: AbortSignal | undefined;
}
export interface TextEmbedderParts {
  readonly tokenizer: Tokenizer;
  readonly weights: Weights;
  readonly networkOf: (length: number) => Network;
  readonly maxLength: number;
  readonly rule: SentenceRule;
}
export declare class TextEmbedder {
  #private;
  readonly tokenizer: Tokenizer;
  readonly dimension: number;
  readonly maxLength: number;
  constructor({ tokenizer, weights, networkOf, maxLength, rule }: TextEmbedderParts);
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Tensor>;
}
export declare const textEmbedder: {
  load(folder: string, options?: LoadEmbedderOptions): Promise<TextEmbedder>;
};
