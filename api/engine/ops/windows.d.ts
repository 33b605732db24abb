import { type TensorType } from "../graph/graph.js";
import { type Expression } from "../graph/expression.js";
import type { Primitive } from "../graph/primitive.js";
export interface WindowOptions {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}
export interface WindowAttributes extends WindowOptions {
  readonly [key: string]: readonly number[];
}
export interface WindowGradientAttributes extends WindowAttributes {
  readonly spatial: readonly number[];
}
export interface GuardedPlace {
  readonly place: readonly Expression[];
  readonly inside: Expression;
}
export declare function windowAttributes(options: WindowOptions): WindowAttributes;
export declare function windowExtents(name: string, spatial: readonly number[], options: WindowOptions): number[];
export declare function spatialOf(name: string, x: TensorType): number[];
export declare function windowType(name: string, x: TensorType, options: WindowOptions): TensorType;
export declare function insideConditions(
  place: Expression,
  least: number,
  largest: number,
  extent: number,
): Expression[];
export declare function placeOfWindow(spatial: readonly number[], options: WindowOptions): GuardedPlace;
export declare function areApart(options: WindowOptions): boolean;
export declare function sharedExtents(options: WindowOptions): number[];
export declare function windowsOfPlace(
  spatial: readonly number[],
  options: WindowOptions,
): GuardedPlace & {
  readonly within: readonly Expression[];
};
export declare const windowCases: readonly {
  readonly shape: readonly number[];
  readonly options: WindowAttributes;
}[];
export declare const windowRejects: Primitive["rejects"];
