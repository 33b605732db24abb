import { type PictureModelOptions } from "./picture-model.js";
import { type PictureNetwork } from "./picture-network.js";
export interface MobileNetV3Options extends PictureModelOptions {
  readonly alpha?: number;
  readonly dropout?: number;
  readonly includePreprocessing?: boolean;
}
export declare const mobileNetV3Large: PictureNetwork<MobileNetV3Options>;
export declare const mobileNetV3Small: PictureNetwork<MobileNetV3Options>;
