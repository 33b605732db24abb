import { SampleDataset } from "../sample-dataset.js";
import { type Table } from "./columns.js";
import { type TableEncoding, type TableEncodingOptions } from "./table-encoding.js";
export interface TableDatasetOptions extends TableEncodingOptions {
  readonly encoding?: TableEncoding;
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
}
export declare function tableDataset(table: Table, options?: TableDatasetOptions): SampleDataset;
export interface SplitTableOptions {
  readonly by?: string;
  readonly group?: string;
  readonly seed?: number;
}
export declare function splitTable(
  table: Table,
  share: number,
  options?: SplitTableOptions,
): {
  readonly train: Table;
  readonly validation: Table;
};
