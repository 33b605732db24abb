import { type ConfigValue } from "../../../engine/base/options.js";
import { type Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type SpatialOptions } from "../layer.js";
export type PictureFactor = number | readonly [low: number, high: number];
export interface RandomPictureOptions extends SpatialOptions {
  readonly seed?: number | undefined;
}
export interface PictureChange<Draws> {
  draw(key: Tensor, shape: Shape): Draws;
  change(images: Tensor, draws: Draws): Tensor;
}
export interface RandomPictureParts {
  readonly kind: string;
  readonly className: string;
  readonly options: RandomPictureOptions & object;
  readonly config: {
    readonly [name: string]: ConfigValue;
  };
  readonly numChannels?: number;
  changed(images: Tensor, key: Tensor): Tensor;
}
export declare function randomPictureLayer(parts: RandomPictureParts): Layer;
export declare function pictureKey(kind: string, key: Tensor | undefined, seed: number | undefined): Tensor;
export declare function applyChange<Draws>(change: PictureChange<Draws>, images: Tensor, key: Tensor): Tensor;
export type Bounds = readonly [low: number, high: number];
export declare function drawBetween(key: Tensor, number: number, shape: Shape, [low, high]: Bounds): Tensor;
export declare function drawWhether(key: Tensor, number: number, shape: Shape, bounds: Bounds): Tensor;
export declare function perPicture(shape: Shape): Shape;
export interface FactorRule {
  readonly within: Bounds;
  readonly low?: number | "negative";
}
export declare function factorBounds(kind: string, option: string, factor: PictureFactor, rule: FactorRule): Bounds;
export declare function checkValueRange(kind: string, range?: Bounds): Bounds;
export declare function toRange(images: Tensor, from: Bounds, to: Bounds): Tensor;
export declare function clipTo(images: Tensor, [low, high]: Bounds): Tensor;
