import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export declare function vgg16(options?: PictureModelOptions): Model;
export declare function vgg19(options?: PictureModelOptions): Model;
