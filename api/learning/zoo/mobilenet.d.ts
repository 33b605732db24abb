import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export interface MobileNetOptions extends PictureModelOptions {
  readonly alpha?: number;
  readonly dropout?: number;
}
export declare function mobileNet(options?: MobileNetOptions): Model;
