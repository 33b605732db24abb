import { type AffineOptions } from "./affine.js";
import { type RenormOptions } from "./batch-renorm.js";
import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer } from "./layer.js";
export interface BatchNormalizationOptions extends AffineOptions, RenormOptions {
  readonly axis?: number;
  readonly momentum?: number;
  readonly movingMeanInitializer?: InitializerName | Initializer;
  readonly movingVarianceInitializer?: InitializerName | Initializer;
  readonly synchronized?: boolean;
}
export declare function batchNormalization(options?: BatchNormalizationOptions): Layer;
export declare function axisOf(axis: number, rank: number, label: string): number;
export declare function axesOf(axes: number | readonly number[], rank: number, label: string): number[];
export declare function checkAxes(where: string, axis: number | readonly number[]): number | number[];
