import type { SymbolicTensor } from "../nn/layer.js";
import type { Model } from "../train/model.js";
import { type PictureModelOptions } from "./picture-model.js";
import { type PictureNetwork } from "./picture-network.js";
export interface VitOptions extends Omit<PictureModelOptions, "pooling"> {
  readonly dropout?: number;
}
export interface VitSizes {
  readonly patchSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly hiddenDim: number;
  readonly mlpDim: number;
}
export declare const vitB16: PictureNetwork<VitOptions>;
export declare const vitB32: PictureNetwork<VitOptions>;
export declare const vitL16: PictureNetwork<VitOptions>;
export declare const vitL32: PictureNetwork<VitOptions>;
export declare function vit({
  patchSize,
  numLayers,
  numHeads,
  hiddenDim,
  mlpDim,
  ...options
}: VitOptions & VitSizes): Model;
export declare function firstRow(x: SymbolicTensor, features: number): SymbolicTensor;
