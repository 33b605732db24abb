import { type Initializer, type InitializerName } from "./initializers.js";
import { type Layer, type LayerOptions } from "./layer.js";
import { type Regularizer, type RegularizerName } from "./regularizers.js";
export interface BatchNormalizationOptions extends LayerOptions {
  readonly axis?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly center?: boolean;
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerName | Initializer;
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly movingMeanInitializer?: InitializerName | Initializer;
  readonly movingVarianceInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null | undefined;
}
export declare function batchNormalization(options?: BatchNormalizationOptions): Layer;
export declare function axisOf(axis: number, rank: number, label: string): number;
export declare function axesOf(axes: number | readonly number[], rank: number, label: string): number[];
export declare function checkAxes(where: string, axis: number | readonly number[]): number | number[];
