import type { ConfigValue } from "../../engine/base/options.js";
export interface Described {
  readonly kind: string;
  readonly options: {
    readonly [name: string]: ConfigValue;
  };
}
export interface DescribedGraph {
  readonly calls: readonly {
    readonly layer: number;
    readonly inputs: readonly number[];
    readonly values?: number;
  }[];
  readonly outputs: readonly number[];
}
export interface DescribedObjective {
  readonly output: string;
  readonly loss: Described;
  readonly weight: number;
  readonly metrics: readonly Described[];
  readonly weightedMetrics?: readonly Described[];
}
export interface ModelDescription {
  readonly name: string;
  readonly layers: readonly Described[];
  readonly graph?: DescribedGraph | undefined;
  readonly training?:
    | {
        readonly optimizer: Described;
        readonly loss?: Described;
        readonly metrics?: readonly Described[];
        readonly weightedMetrics?: readonly Described[];
        readonly objectives?: readonly DescribedObjective[];
        readonly mixedPrecision?: string | undefined;
        readonly recompute?: boolean | undefined;
        readonly iterations: number;
        readonly seed: number;
      }
    | undefined;
  readonly preprocessing: {
    readonly scale?: number | undefined;
    readonly offset?: number | undefined;
    readonly imageSize?: readonly [number, number] | undefined;
    readonly classNames?: readonly string[] | undefined;
    readonly temperature?: number | undefined;
    readonly threshold?: number | undefined;
  };
}
export declare function encodeModelJson(description: ModelDescription): string;
export declare function decodeModelJson(bytes: Uint8Array): ModelDescription;
