import type { Model } from "../train/model.js";
import { type RopeScaling } from "./rotary-frequencies.js";
export interface LlamaOptions {
  readonly vocabSize?: number;
  readonly contextLength?: number;
  readonly inputLength?: number;
  readonly hiddenSize?: number;
  readonly numLayers?: number;
  readonly numHeads?: number;
  readonly numKeyValueHeads?: number;
  readonly headDim?: number;
  readonly intermediateSize?: number;
  readonly epsilon?: number;
  readonly ropeTheta?: number;
  readonly ropeScaling?: RopeScaling;
  readonly tieWeights?: boolean;
  readonly attentionBias?: boolean | "inputs";
  readonly initializerRange?: number;
  readonly name?: string;
  readonly seed?: number;
}
export declare function llama(options?: LlamaOptions): Model;
