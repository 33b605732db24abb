import { type PictureModelOptions } from "./picture-model.js";
import { type PictureNetwork } from "./picture-network.js";
export interface MobileNetOptions extends PictureModelOptions {
  readonly alpha?: number;
  readonly dropout?: number;
}
export declare const mobileNet: PictureNetwork<MobileNetOptions>;
