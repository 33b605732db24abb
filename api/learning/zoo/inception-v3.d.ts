import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
export declare function inceptionV3(options?: PictureModelOptions): Model;
