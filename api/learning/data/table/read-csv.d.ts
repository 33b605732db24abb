import { type ColumnKind, type Table } from "./columns.js";
import { type TableLimits } from "./limits.js";
export interface CsvOptions {
  readonly delimiter?: string | undefined;
  readonly quote?: string | undefined;
  readonly header?: boolean | readonly string[] | undefined;
  readonly decimal?: "." | "," | undefined;
  readonly missing?: readonly string[] | undefined;
}
export interface TextTableOptions extends CsvOptions {
  readonly columns?: readonly string[] | undefined;
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
}
export declare function readCsv(text: string, options: TextTableOptions, limits: TableLimits): Table;
export declare function kindFor(
  kinds: Readonly<Record<string, ColumnKind>> | undefined,
  name: string,
): ColumnKind | undefined;
export declare function wantedColumns(names: readonly string[], wanted: readonly string[] | undefined): number[];
