import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export declare function resnet50V2(options?: PictureModelOptions): Model;
export declare function resnet101V2(options?: PictureModelOptions): Model;
export declare function resnet152V2(options?: PictureModelOptions): Model;
