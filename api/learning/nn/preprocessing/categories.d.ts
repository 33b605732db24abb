import { type EncodeMode } from "../../../engine/tensor/encode-indices.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import { type Layer, type LayerOptions, type SampleType } from "../layer.js";
export type CategoryMode = "int" | EncodeMode;
export declare function checkCategoryMode(kind: string, mode: unknown): CategoryMode;
export declare function categoryType(input: SampleType, mode: CategoryMode, depth: number, label: string): SampleType;
export declare function categoryRows(indices: Tensor, mode: CategoryMode, depth: number): Tensor;
export interface CategoryEncodingOptions extends LayerOptions {
  readonly numTokens: number;
  readonly outputMode?: EncodeMode | undefined;
}
export declare function categoryEncoding(options: CategoryEncodingOptions): Layer;
export interface DiscretizationOptions extends LayerOptions {
  readonly binBoundaries: readonly number[];
  readonly outputMode?: CategoryMode | undefined;
}
export declare function discretization(options: DiscretizationOptions): Layer;
