import { SinterError } from "../../../engine/base/error.js";
export declare const columnKinds: readonly ["number", "integer", "boolean", "text", "date"];
export type ColumnKind = (typeof columnKinds)[number];
interface ColumnBase {
  readonly name: string;
  readonly validity?: Uint8Array;
}
export interface NumericColumn extends ColumnBase {
  readonly kind: "number" | "integer" | "date";
  readonly values: Float64Array;
}
export interface BooleanColumn extends ColumnBase {
  readonly kind: "boolean";
  readonly values: Uint8Array;
}
export interface TextColumn extends ColumnBase {
  readonly kind: "text";
  readonly values: readonly string[];
}
export type Column = NumericColumn | BooleanColumn | TextColumn;
export interface Table {
  readonly numRows: number;
  readonly columns: readonly Column[];
}
export type Cell = string | number | bigint | boolean | Date | null | undefined;
export declare function columnOf(table: Table, name: string): Column;
export declare function hasValue({ validity }: Column, row: number): boolean;
export declare function columnValues(column: Column): (number | boolean | string | Date | null)[];
export declare function numMissing({ validity }: Column): number;
export declare function tableRows(table: Table, rows: ArrayLike<number>): Table;
export declare function tableOf(columns: Readonly<Record<string, ArrayLike<Cell>>>): Table;
export declare function tableOfColumns(columns: readonly Column[], where: string): Table;
export declare function columnOfValues(name: string, values: ArrayLike<unknown>, kind?: ColumnKind): Column;
export declare function columnOfTexts(
  name: string,
  texts: readonly string[],
  { kind, isMissing, decimal }: TextColumnOptions,
): Column;
export interface TextColumnOptions {
  readonly kind?: ColumnKind | undefined;
  readonly isMissing: (text: string) => boolean;
  readonly decimal?: "." | "," | undefined;
}
export declare function cellError(name: string, row: number, what: string): SinterError;
export {};
