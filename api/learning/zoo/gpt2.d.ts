import type { Model } from "../train/model.js";
export interface Gpt2Options {
  readonly vocabSize?: number;
  readonly contextLength?: number;
  readonly inputLength?: number;
  readonly hiddenSize?: number;
  readonly numLayers?: number;
  readonly numHeads?: number;
  readonly intermediateSize?: number;
  readonly dropout?: number;
  readonly epsilon?: number;
  readonly name?: string;
  readonly seed?: number;
}
export declare function gpt2(options?: Gpt2Options): Model;
