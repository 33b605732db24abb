import { type PictureModelOptions } from "./picture-model.js";
import { type PictureNetwork } from "./picture-network.js";
export interface MobileNetV2Options extends PictureModelOptions {
  readonly alpha?: number;
}
export declare const mobileNetV2: PictureNetwork<MobileNetV2Options>;
