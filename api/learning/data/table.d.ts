import { type ColumnKind, type Table } from "./table/columns.js";
import { type TableLimits } from "./table/limits.js";
import { type CsvOptions } from "./table/read-csv.js";
export declare const tableFormats: readonly ["csv", "json", "parquet", "arrow"];
export type TableFormat = (typeof tableFormats)[number];
export interface ReadTableOptions extends CsvOptions {
  readonly format?: TableFormat;
  readonly columns?: readonly string[];
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  readonly encoding?: string;
  readonly limits?: Partial<TableLimits>;
}
export declare function readTable(source: string | Uint8Array, options?: ReadTableOptions): Promise<Table>;
export declare function formatOf(bytes: Uint8Array): TableFormat;
