import { type Layer, type LayerOptions } from "../layer.js";
import { type CategoryMode } from "./categories.js";
export interface HashingOptions extends LayerOptions {
  readonly numBins: number;
  readonly maskValue?: number | null | undefined;
  readonly salt?: number | readonly [number, number] | null | undefined;
  readonly outputMode?: CategoryMode | undefined;
}
export declare function hashing(options: HashingOptions): Layer;
export declare function checkSalt(kind: string, salt: HashingOptions["salt"]): readonly [number, number] | undefined;
export interface HashedCrossingOptions extends LayerOptions {
  readonly numBins: number;
  readonly outputMode?: "int" | "oneHot" | undefined;
}
export declare function hashedCrossing(options: HashedCrossingOptions): Layer;
