import type { Shape } from "../../engine/base/shape.js";
import type { Activation } from "../nn/activations.js";
import type { SymbolicTensor } from "../nn/layer.js";
import type { Model } from "../train/model.js";
export interface PictureModelOptions {
  readonly includeTop?: boolean;
  readonly inputShape?: Shape;
  readonly pooling?: "avg" | "max";
  readonly classes?: number;
  readonly classifierActivation?: Activation;
  readonly name?: string;
  readonly seed?: number;
}
export declare const pictureOptions: readonly [
  "includeTop",
  "inputShape",
  "pooling",
  "classes",
  "classifierActivation",
  "name",
  "seed",
  "weights",
];
export interface PictureModelParts {
  readonly name: string;
  readonly options: PictureModelOptions;
  readonly size: number;
  readonly leastSize: number;
  readonly features: (picture: SymbolicTensor) => SymbolicTensor;
  readonly top?: (maps: SymbolicTensor, end: Classifier) => SymbolicTensor;
  readonly ending?: (features: SymbolicTensor) => SymbolicTensor;
}
export interface Classifier {
  readonly classes: number;
  readonly activation: Activation;
}
export declare function pictureModel({
  name,
  options,
  size,
  leastSize,
  features,
  top,
  ending,
}: PictureModelParts): Model;
export declare function checkPictureOptions(name: string, options: object, further?: readonly string[]): void;
export declare function meanAndDense(maps: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor;
export declare function channelsOf(maps: SymbolicTensor): number;
export declare function divisible(channels: number, unit?: number): number;
export declare function padForStride(maps: SymbolicTensor, kernelSize: number, name: string): SymbolicTensor;
export declare function activated(x: SymbolicTensor, activation: Activation, name: string): SymbolicTensor;
