// Tables from texts with delimiters. papaparse cuts the text into cells; what they mean is found here.

import Papa from "papaparse";
import { SinterError } from "#engine/base/error.ts";
import {
  columnOfTexts,
  type Column,
  type ColumnKind,
  type Table,
  tableOfColumns,
} from "#learning/data/table/columns.ts";
import { isDate, parseBoolean, parseNumber } from "#learning/data/table/cell-texts.ts";
import { beyond, checkExtent, type TableLimits } from "#learning/data/table/limits.ts";

export interface CsvOptions {
  /** Between cells; found in the text where left out: comma, semicolon, tab or bar. */
  readonly delimiter?: string | undefined;
  /** Around a cell that holds delimiters or line breaks; a double quote by default. */
  readonly quote?: string | undefined;
  /** Whether the first row holds the names; the names themselves where it does not. Found in the text where left out. */
  readonly header?: boolean | readonly string[] | undefined;
  /** The decimal point: "." by default. */
  readonly decimal?: "." | "," | undefined;
  /** Texts that stand for no value, in place of: empty, NA, N/A, NaN, null, None and the like. */
  readonly missing?: readonly string[] | undefined;
}

/** What the readers of texts are told. */
export interface TextTableOptions extends CsvOptions {
  readonly columns?: readonly string[] | undefined;
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
}

const usualMissing = [
  "",
  "NA",
  "N/A",
  "n/a",
  "NaN",
  "nan",
  "NULL",
  "null",
  "None",
  "none",
  "#N/A",
  "<NA>",
  "-nan",
  "NIL",
];
/** Cells of the first rows that may tell whether there are names above them. */
const numLookedAt = 20;

/**
 * @throws data for rows of another length than the first, or cells of another kind; limit
 * @source RFC 4180
 */
export function readCsv(text: string, options: TextTableOptions, limits: TableLimits): Table {
  const rows = cellsOf(text, options, limits);
  const [first = []] = rows;
  const hasHeader =
    typeof options.header === "boolean" ? options.header : options.header === undefined && isHeader(rows);
  const given = Array.isArray(options.header) ? options.header : undefined;
  const names =
    given ?? first.map((cell, index) => (hasHeader && cell.trim() !== "" ? cell.trim() : `column${index + 1}`));
  const numColumns = first.length;
  if (names.length !== numColumns) {
    throw new SinterError("option", `readTable: header names ${names.length} columns, but rows have ${numColumns}.`, {
      numColumns,
    });
  }
  const start = hasHeader ? 1 : 0;
  checkRows(rows, numColumns, hasHeader);
  const missing = new Set(options.missing ?? usualMissing);
  const isMissing = (cell: string): boolean => missing.has(cell) || missing.has(cell.trim());
  const wanted = wantedColumns(names, options.columns);
  const columns = wanted.map((index): Column => {
    const name = names[index] ?? "";
    const texts = Array.from({ length: rows.length - start }, (_, row) => rows[row + start]?.[index] ?? "");
    return columnOfTexts(name, texts, { kind: kindFor(options.kinds, name), isMissing, decimal: options.decimal });
  });
  return tableOfColumns(columns, "readTable");
}

/** The kind that a person asked for. */
export function kindFor(kinds: Readonly<Record<string, ColumnKind>> | undefined, name: string): ColumnKind | undefined {
  return kinds !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

/** Places of the columns that are wanted, in the order asked for. @throws option for one that is not there */
export function wantedColumns(names: readonly string[], wanted: readonly string[] | undefined): number[] {
  if (wanted === undefined) return names.map((_, index) => index);
  return wanted.map((name) => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    throw new SinterError(
      "option",
      `readTable: columns names "${name}", but the file has ${names.slice(0, 30).join(", ")}.`,
      { name },
    );
  });
}

/** The cells of all rows that are not empty. */
function cellsOf(text: string, { delimiter = "", quote = '"' }: CsvOptions, limits: TableLimits): string[][] {
  const rows: string[][] = [];
  let numCells = 0;
  const take = ({ data, errors }: { readonly data: string[]; readonly errors: readonly Papa.ParseError[] }): void => {
    const [error] = errors;
    const isQuotes = error?.type === "Quotes";
    if (isQuotes) throw rowError(rows.length, `${error.message.toLowerCase()}; quotes do not fit`);
    if (data.length > limits.maxColumns) throw beyond(`${data.length} columns`, "maxColumns", limits.maxColumns);
    const long = data.find((cell) => cell.length > limits.maxFieldLength);
    if (long !== undefined) throw beyond(`a cell of ${long.length} letters`, "maxFieldLength", limits.maxFieldLength);
    rows.push(data);
    numCells += data.length;
    if (numCells > limits.maxCells) throw beyond(`more than ${limits.maxCells} cells`, "maxCells", limits.maxCells);
    // One row more: there may be a header.
    if (rows.length > limits.maxRows + 1) checkExtent(limits, rows.length, 1);
  };
  Papa.parse<string[]>(text, {
    delimiter,
    quoteChar: quote,
    skipEmptyLines: true,
    delimitersToGuess: [",", ";", "\t", "|"],
    step: (result) => {
      take(result);
    },
  });
  return rows;
}

function checkRows(rows: readonly (readonly string[])[], numColumns: number, hasHeader: boolean): void {
  const odd = rows.findIndex((cells) => cells.length !== numColumns);
  if (odd < 0) return;
  const found = rows[odd]?.length ?? 0;
  throw rowError(hasHeader ? odd - 1 : odd, `${found} cells, the first row has ${numColumns}`);
}

function rowError(row: number, what: string): SinterError {
  return new SinterError(
    "data",
    `readTable: row ${row + 1}: ${what}. Mend the row, or give delimiter and quote as the file has them.`,
    { row: row + 1 },
  );
}

/** Names stand above values that are no names, or differ from each other where every value is a text. */
function isHeader(rows: readonly (readonly string[])[]): boolean {
  const [first = [], ...others] = rows;
  if (first.length === 0 || first.some(isValue)) return false;
  if (new Set(first.map((cell) => cell.trim())).size !== first.length) return false;
  const looked = others.slice(0, numLookedAt);
  if (looked.some((cells) => cells.some(isValue))) return true;
  // Texts alone: names come once, values again.
  return (
    others.length > 0 && !others.some((cells) => cells.some((cell, index) => cell !== "" && cell === first[index]))
  );
}

function isValue(cell: string): boolean {
  return parseNumber(cell, ".") !== undefined || parseBoolean(cell) !== undefined || isDate(cell);
}
