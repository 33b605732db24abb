import { SinterError } from "../../../engine/base/error.js";
export interface TableLimits {
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxColumns: number;
  readonly maxCells: number;
  readonly maxFieldLength: number;
}
export declare function limitsFor(numBytes: number, given?: Partial<TableLimits>): TableLimits;
export declare function checkExtent(limits: TableLimits, numRows: number, numColumns: number): void;
export declare function beyond(what: string, name: keyof TableLimits, bound: number): SinterError;
export declare function damaged(format: string, what: string, cause?: unknown): SinterError;
