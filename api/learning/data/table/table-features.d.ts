import { type Column } from "./columns.js";
export declare const missingRules: readonly ["error", "drop", "mean", "median", "mostFrequent", "category"];
export type MissingRule =
  | (typeof missingRules)[number]
  | {
      readonly value: number | string;
    };
export type FeatureConfig = NumberFeature | CategoryFeature;
export interface NumberFeature {
  readonly column: string;
  readonly kind: "number";
  readonly missing: "error" | "drop" | number;
}
export interface CategoryFeature {
  readonly column: string;
  readonly kind: "category";
  readonly encoding: "oneHot" | "index";
  readonly categories: readonly string[];
  readonly missing:
    | "error"
    | "drop"
    | {
        readonly category: string;
      };
}
export declare function inputNamesOf(feature: FeatureConfig): string[];
interface LearnOptions {
  readonly missing: MissingRule;
  readonly categories?: "oneHot" | "index";
}
export declare function learnFeature(column: Column, { missing, categories }: LearnOptions): FeatureConfig;
export interface EncodeInto {
  readonly data: Float32Array;
  readonly start: number;
  readonly stride: number;
}
export declare function encodeFeature(feature: FeatureConfig, column: Column, rows: Int32Array, into: EncodeInto): void;
export declare function categoryOf({ kind, values }: Column, row: number): string;
export {};
