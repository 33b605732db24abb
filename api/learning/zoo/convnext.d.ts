import { type PictureNetwork } from "./picture-network.js";
import { type PictureModelOptions } from "./picture-model.js";
export interface ConvNeXtOptions extends PictureModelOptions {
  readonly includePreprocessing?: boolean;
}
export declare const convNeXtTiny: PictureNetwork<ConvNeXtOptions>;
export declare const convNeXtSmall: PictureNetwork<ConvNeXtOptions>;
export declare const convNeXtBase: PictureNetwork<ConvNeXtOptions>;
export declare const convNeXtLarge: PictureNetwork<ConvNeXtOptions>;
export declare const convNeXtXLarge: PictureNetwork<ConvNeXtOptions>;
