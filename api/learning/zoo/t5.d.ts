import { type Activation } from "../nn/activations.js";
import type { Network } from "../nn/network.js";
import { Model } from "../train/model.js";
export interface T5Config {
  readonly vocabSize?: number;
  readonly hiddenSize?: number;
  readonly keyDim?: number;
  readonly intermediateSize?: number;
  readonly numLayers?: number;
  readonly numDecoderLayers?: number;
  readonly numHeads?: number;
  readonly numBuckets?: number;
  readonly maxDistance?: number;
  readonly hiddenActivation?: Activation;
  readonly gated?: boolean;
  readonly tieWeights?: boolean;
  readonly scaleOutputs?: boolean;
  readonly epsilon?: number;
  readonly dropout?: number;
}
export interface T5Head {
  readonly sequenceLength?: number;
  readonly targetLength?: number;
  readonly includeTop?: boolean;
}
export interface T5Options extends T5Config, T5Head {
  readonly name?: string;
  readonly seed?: number;
}
export declare const t5HeadOptions: readonly (keyof T5Head)[];
export declare function t5(options?: T5Options): Model;
export declare function t5Network(options: T5Config & T5Head): Network;
export declare function t5NextLogits(
  net: Model,
  ids: ArrayLike<number>,
): (sequences: readonly ArrayLike<number>[]) => Promise<Float32Array[]>;
