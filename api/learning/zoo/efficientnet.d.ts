import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export interface EfficientNetOptions extends PictureModelOptions {
  readonly imagenetScaling?: boolean;
}
export declare function efficientNetB0(options?: EfficientNetOptions): Model;
export declare function efficientNetB1(options?: EfficientNetOptions): Model;
export declare function efficientNetB2(options?: EfficientNetOptions): Model;
export declare function efficientNetB3(options?: EfficientNetOptions): Model;
export declare function efficientNetB4(options?: EfficientNetOptions): Model;
export declare function efficientNetB5(options?: EfficientNetOptions): Model;
export declare function efficientNetB6(options?: EfficientNetOptions): Model;
export declare function efficientNetB7(options?: EfficientNetOptions): Model;
