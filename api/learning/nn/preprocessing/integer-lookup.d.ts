import { type LookupMode } from "../../../engine/base/vocabulary.js";
import { type Layer, type LayerOptions } from "../layer.js";
export interface IntegerLookupOptions extends LayerOptions {
  readonly vocabulary: readonly number[];
  readonly maxTokens?: number | null | undefined;
  readonly numOovIndices?: number | undefined;
  readonly maskToken?: number | null | undefined;
  readonly oovToken?: number | undefined;
  readonly idfWeights?: readonly number[] | undefined;
  readonly invert?: boolean | undefined;
  readonly outputMode?: LookupMode | undefined;
  readonly oovMethod?: "floormod" | "farmhash" | undefined;
  readonly salt?: number | readonly [number, number] | null | undefined;
  readonly padToMaxTokens?: boolean | undefined;
}
export declare function integerLookup(options: IntegerLookupOptions): Layer;
