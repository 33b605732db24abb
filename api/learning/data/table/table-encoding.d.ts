import type { HostTensor, LabelMode } from "../dataset.js";
import { type Table } from "./columns.js";
import { type FeatureConfig, type MissingRule } from "./table-features.js";
export interface FeatureOptions {
  readonly column: string;
  readonly missing?: MissingRule;
  readonly categories?: "oneHot" | "index";
}
export interface TableEncodingOptions {
  readonly features?: readonly (string | FeatureOptions)[];
  readonly target?: string;
  readonly labelMode?: Exclude<LabelMode, "none">;
  readonly missing?: MissingRule;
}
export interface TargetConfig {
  readonly column: string;
  readonly labelMode: Exclude<LabelMode, "none">;
  readonly classNames?: readonly string[];
}
export interface TableEncodingConfig {
  readonly features: readonly FeatureConfig[];
  readonly target?: TargetConfig;
}
export interface EncodedRows {
  readonly x: HostTensor;
  readonly y?: HostTensor;
  readonly labels?: Int32Array;
  readonly rows: Int32Array;
}
export interface TableEncoding {
  readonly inputNames: readonly string[];
  readonly labelMode: LabelMode;
  readonly classNames?: readonly string[];
  encode(
    table: Table,
    options?: {
      readonly target?: boolean;
    },
  ): EncodedRows;
  getConfig(): TableEncodingConfig;
}
export declare function tableEncoding(table: Table, options?: TableEncodingOptions): TableEncoding;
export declare function tableEncodingOf(config: TableEncodingConfig): TableEncoding;
