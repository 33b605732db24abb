import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export declare function resnet18(options?: PictureModelOptions): Model;
export declare function resnet34(options?: PictureModelOptions): Model;
export declare function resnet50(options?: PictureModelOptions): Model;
export declare function resnet101(options?: PictureModelOptions): Model;
export declare function resnet152(options?: PictureModelOptions): Model;
