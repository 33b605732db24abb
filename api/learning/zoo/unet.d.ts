import type { Shape } from "../../engine/base/shape.js";
import type { Activation } from "../nn/activations.js";
import type { Padding } from "../nn/conv.js";
import type { Model } from "../train/model.js";
export interface UnetOptions {
  readonly inputShape?: Shape;
  readonly classes?: number;
  readonly depth?: number;
  readonly filters?: number;
  readonly padding?: Padding;
  readonly batchNormalization?: boolean;
  readonly dropout?: number;
  readonly classifierActivation?: Activation;
  readonly name?: string;
  readonly seed?: number;
}
export declare function unet(options?: UnetOptions): Model;
