import type { PreprocessingMode } from "../nn/preprocessing/preprocess-input.js";
import type { Model } from "../train/model.js";
import type { PictureModelOptions } from "./picture-model.js";
export interface Published {
  readonly preprocessing: PreprocessingMode;
  readonly file: (isWithTop: boolean) => string;
}
interface WithoutFile {
  readonly weights?: null | undefined;
}
interface WithFile {
  readonly weights: string;
}
export interface PictureNetwork<Options extends PictureModelOptions = PictureModelOptions> extends Pick<
  Published,
  "preprocessing"
> {
  (options?: Options & WithoutFile): Model;
  (options: Options & WithFile): Promise<Model>;
}
export declare function pictureNetwork<Options extends PictureModelOptions>(
  { preprocessing, file }: Published,
  build: (options?: Options) => Model,
): PictureNetwork<Options>;
export declare function kerasFile(name: string, end?: string, topless?: string): Published["file"];
export declare function torchFile(name: string): Published["file"];
export {};
