import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export declare function denseNet121(options?: PictureModelOptions): Model;
export declare function denseNet169(options?: PictureModelOptions): Model;
export declare function denseNet201(options?: PictureModelOptions): Model;
