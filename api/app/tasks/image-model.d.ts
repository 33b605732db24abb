import type { Layer } from "../../learning/nn/layer.js";
import type { LossName } from "../../learning/train/losses.js";
import { Model } from "../../learning/train/model.js";
import { pictureNetworkNames } from "../../learning/zoo/picture-networks.js";
import type { TransferPlan } from "./transfer-options.js";
export interface ModelRequest {
  readonly imageSize: readonly [height: number, width: number];
  readonly classNames: readonly string[];
  readonly channels: 1 | 3;
  readonly seed: number;
}
type Built = Model | readonly Layer[];
export type ModelBuilder = (request: ModelRequest) => Built | Promise<Built>;
export interface ModelSource {
  readonly name: string;
  readonly text?: string;
  readonly build: ModelBuilder;
}
export declare const modelNames: readonly ["cnn", ...typeof pictureNetworkNames];
export type ImageModel = (typeof modelNames)[number] | ModelBuilder | ModelSource;
export declare function buildImageModel(
  model: ImageModel,
  request: ModelRequest,
  transfer?: TransferPlan,
): Promise<{
  readonly model: Model;
  readonly name: string;
  readonly loss: LossName;
}>;
export declare function nameOfModel(model: ImageModel): string;
export declare function namedModel(name: unknown): (typeof modelNames)[number] | undefined;
export {};
