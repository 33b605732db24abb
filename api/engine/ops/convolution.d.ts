import { type TensorType } from "../graph/graph.js";
import type { Primitive } from "../graph/primitive.js";
export interface ConvolutionOptions {
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}
export interface ConvolutionAttributes extends ConvolutionOptions {
  readonly [key: string]: readonly number[] | number;
}
export interface Geometry {
  readonly spatial: readonly number[];
  readonly kernel: readonly number[];
  readonly outputs: readonly number[];
  readonly inputPerGroup: number;
  readonly outputPerGroup: number;
}
export declare function fullOptions(options: Partial<ConvolutionOptions>, rank: number): ConvolutionAttributes;
export declare function geometryOf(x: TensorType, filter: TensorType, options: ConvolutionOptions): Geometry;
export declare function typeOfConvolution(
  name: string,
  x: TensorType,
  filter: TensorType,
  options: ConvolutionOptions,
): TensorType;
export declare const convolutionCases: readonly {
  readonly input: readonly number[];
  readonly filter: readonly number[];
  readonly options: ConvolutionAttributes;
}[];
export declare const convolutionRejects: Primitive["rejects"];
