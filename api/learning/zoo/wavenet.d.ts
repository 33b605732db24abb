import type { Activation } from "../nn/activations.js";
import type { Model } from "../train/model.js";
export interface WavenetOptions {
  readonly inputShape?: readonly [steps: number, channels: number];
  readonly classes?: number;
  readonly filters?: number;
  readonly skipFilters?: number;
  readonly layersPerStack?: number;
  readonly stacks?: number;
  readonly classifierActivation?: Activation;
  readonly name?: string;
  readonly seed?: number;
}
export declare function wavenet(options?: WavenetOptions): Model;
