import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export interface MobileNetV2Options extends PictureModelOptions {
  readonly alpha?: number;
}
export declare function mobileNetV2(options?: MobileNetV2Options): Model;
