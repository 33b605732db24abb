import { type PictureModelOptions } from "./picture-model.js";
import { type PictureNetwork } from "./picture-network.js";
export interface EfficientNetOptions extends PictureModelOptions {
  readonly imagenetScaling?: boolean;
}
export declare const efficientNetB0: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB1: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB2: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB3: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB4: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB5: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB6: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetB7: PictureNetwork<EfficientNetOptions>;
export declare const efficientNetLite0: PictureNetwork;
