import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export interface MobileNetV3Options extends PictureModelOptions {
  readonly alpha?: number;
  readonly dropout?: number;
  readonly includePreprocessing?: boolean;
}
export declare function mobileNetV3Large(options?: MobileNetV3Options): Model;
export declare function mobileNetV3Small(options?: MobileNetV3Options): Model;
