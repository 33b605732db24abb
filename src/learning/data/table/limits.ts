// How much of a table is read: bounds that are checked before anything of a file's size is taken.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, integer } from "#engine/base/options.ts";

/** Bounds of one table; a file beyond them is refused. */
export interface TableLimits {
  /** Of the file; 2 GiB by default, for texts 512 MiB at most. */
  readonly maxBytes: number;
  /** 10 million by default. */
  readonly maxRows: number;
  /** 10,000 by default. */
  readonly maxColumns: number;
  /** Values of all columns: by default a million and 64 for each byte of the file. Files may repeat values at no cost. */
  readonly maxCells: number;
  /** Letters of one value; a million by default. */
  readonly maxFieldLength: number;
}

const defaults: Omit<TableLimits, "maxCells"> = {
  maxBytes: 2 ** 31 - 1,
  maxRows: 10_000_000,
  maxColumns: 10_000,
  maxFieldLength: 1_000_000,
};

/** The bounds for a file. @throws option */
export function limitsFor(numBytes: number, given: Partial<TableLimits> = {}): TableLimits {
  checkOptions("readTable limits", given, [...Object.keys(defaults), "maxCells"]);
  for (const [name, value] of Object.entries(given)) integer("readTable limits", name, value);
  const limits = { ...defaults, maxCells: 1_000_000 + 64 * numBytes, ...given };
  if (numBytes > limits.maxBytes) throw beyond(`${numBytes} bytes`, "maxBytes", limits.maxBytes);
  return limits;
}

/** @throws limit for too many rows, columns or values */
export function checkExtent(limits: TableLimits, numRows: number, numColumns: number): void {
  if (numColumns > limits.maxColumns) throw beyond(`${numColumns} columns`, "maxColumns", limits.maxColumns);
  if (numRows > limits.maxRows) throw beyond(`${numRows} rows`, "maxRows", limits.maxRows);
  if (numRows * numColumns > limits.maxCells) {
    throw beyond(`${numRows} rows of ${numColumns} columns`, "maxCells", limits.maxCells);
  }
}

/** The error of a table that is larger than allowed. */
export function beyond(what: string, name: keyof TableLimits, bound: number): SinterError {
  return new SinterError(
    "limit",
    `readTable: ${what}, at most ${bound} are read. If the file is right, give limits: { ${name} }.`,
    { bound, name },
  );
}

/** The error of a file that cannot be read. */
export function damaged(format: string, what: string, cause?: unknown): SinterError {
  return new SinterError(
    "format",
    `readTable: ${format}: ${what}. The file is damaged or is something else; write or fetch it again.`,
    { format },
    cause,
  );
}
