import type { Tensor } from "../../engine/tensor/tensor.js";
import type { Dataset } from "../data/dataset.js";
import { Model } from "./model.js";
export interface PictureFeatureOptions {
  readonly layer?: string;
  readonly signal?: AbortSignal | undefined;
}
export interface PictureFeatures {
  readonly features: Tensor;
  readonly files: readonly string[];
}
export declare function pictureFeatures(
  model: Model,
  pictures: Dataset,
  options?: PictureFeatureOptions,
): Promise<PictureFeatures>;
export declare function layerBeforeTop({ network: { layers: all, calls } }: Model): string;
