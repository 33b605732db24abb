// Tables of typed columns: what every reader gives, and how values and texts become columns. Reads no file.

import { SinterError } from "#engine/base/error.ts";
import { isDate, millisecondsOf, parseBoolean, parseNumber } from "#learning/data/table/cell-texts.ts";

/** What the values of a column are. */
export const columnKinds = ["number", "integer", "boolean", "text", "date"] as const;
export type ColumnKind = (typeof columnKinds)[number];

interface ColumnBase {
  readonly name: string;
  /** 1 for each row that has a value, 0 for one that has none; left out where none is missing. */
  readonly validity?: Uint8Array;
}

/** Numbers: integers up to 2^53, dates in milliseconds since 1970 (UTC). NaN where a value is missing. */
export interface NumericColumn extends ColumnBase {
  readonly kind: "number" | "integer" | "date";
  readonly values: Float64Array;
}

/** 0 and 1; 0 where a value is missing. */
export interface BooleanColumn extends ColumnBase {
  readonly kind: "boolean";
  readonly values: Uint8Array;
}

/** Texts; empty where a value is missing. */
export interface TextColumn extends ColumnBase {
  readonly kind: "text";
  readonly values: readonly string[];
}

export type Column = NumericColumn | BooleanColumn | TextColumn;

/** Columns of one length. */
export interface Table {
  readonly numRows: number;
  readonly columns: readonly Column[];
}

/** A value of a row as files give it; undefined and null are missing. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** The column of a name. @throws option naming those that there are */
export function columnOf(table: Table, name: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = table.columns.slice(0, 30).map((column) => column.name);
  throw new SinterError("option", `The table has no column "${name}". It has ${names.join(", ")}.`, { name });
}

/** Whether a row of a column has a value. */
export function hasValue({ validity }: Column, row: number): boolean {
  return validity === undefined || validity[row] === 1;
}

/** A column's values one by one: numbers, booleans, texts, dates; null where one is missing. */
export function columnValues(column: Column): (number | boolean | string | Date | null)[] {
  return Array.from({ length: column.values.length }, (_, row) => {
    if (!hasValue(column, row)) return null;
    if (column.kind === "text") return column.values[row] ?? "";
    if (column.kind === "boolean") return column.values[row] === 1;
    const value = column.values[row] ?? Number.NaN;
    return column.kind === "date" ? new Date(value) : value;
  });
}

/** How many rows of a column have no value. */
export function numMissing({ validity }: Column): number {
  return validity === undefined ? 0 : validity.reduce((count, there) => count + (there === 0 ? 1 : 0), 0);
}

/** The rows of a table at these positions, in this order. @throws value for a row outside */
export function tableRows(table: Table, rows: ArrayLike<number>): Table {
  const indices = Int32Array.from(rows);
  const outside = indices.find((row) => !(row >= 0 && row < table.numRows));
  if (outside !== undefined) {
    throw new SinterError("value", `tableRows: row ${outside} of ${table.numRows}. Use 0 to n - 1.`, { row: outside });
  }
  return { numRows: indices.length, columns: table.columns.map((column) => columnRows(column, indices)) };
}

function columnRows(column: Column, rows: Int32Array): Column {
  const { name } = column;
  const validity =
    column.validity === undefined ? {} : { validity: Uint8Array.from(rows, (row) => column.validity?.[row] ?? 0) };
  if (column.kind === "text") {
    return { name, kind: "text", values: Array.from(rows, (row) => column.values[row] ?? ""), ...validity };
  }
  if (column.kind === "boolean") {
    return { name, kind: "boolean", values: Uint8Array.from(rows, (row) => column.values[row] ?? 0), ...validity };
  }
  return { name, kind: column.kind, values: Float64Array.from(rows, (row) => column.values[row] ?? 0), ...validity };
}

/**
 * A table from values of one's own, by the names of its columns; null and undefined are missing.
 * @throws shape for columns of other lengths; data for values of several kinds in a column
 * @example
 * const people = tableOf({ age: [31, 45, null], city: ["Bonn", "Kiel", "Bonn"] });
 */
export function tableOf(columns: Readonly<Record<string, ArrayLike<Cell>>>): Table {
  const made = Object.entries(columns).map(([name, values]) => columnOfValues(name, values));
  return tableOfColumns(made, "tableOf");
}

/** @throws shape for columns of other lengths, data for a name that comes twice */
export function tableOfColumns(columns: readonly Column[], where: string): Table {
  const numRows = columns[0]?.values.length ?? 0;
  const odd = columns.find(({ values }) => values.length !== numRows);
  if (odd !== undefined) {
    throw new SinterError(
      "shape",
      `${where}: column "${odd.name}" has ${odd.values.length} rows, "${columns[0]?.name}" has ${numRows}. Give as many.`,
      { name: odd.name },
    );
  }
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) {
      throw new SinterError("data", `${where}: two columns are called "${name}". Give one another name.`, { name });
    }
    names.add(name);
  }
  return { numRows, columns };
}

/**
 * A column of values as a file has them. Values of several kinds become texts.
 * @param kind what the file says of it; else the values tell
 * @throws data for an integer beyond 2^53, an invalid date, an object or a list
 */
export function columnOfValues(name: string, values: ArrayLike<unknown>, kind?: ColumnKind): Column {
  const found = kind ?? kindOfValues(name, values);
  const validity = new Uint8Array(values.length);
  const failure = (row: number): SinterError => {
    const shown = textOf(values[row])?.slice(0, 40) ?? "a list or an object";
    return cellError(name, row, `is ${shown}, expected ${found === "text" ? "a text" : `a value of kind ${found}`}`);
  };
  if (found === "text") {
    const texts = Array.from({ length: values.length }, (_, row) => {
      const value = values[row];
      if (value === null || value === undefined) return "";
      const text = textOf(value);
      if (text === undefined) throw failure(row);
      validity[row] = 1;
      return text;
    });
    return withValidity({ name, kind: "text", values: texts }, validity);
  }
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    numbers[row] = Number.NaN;
    if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value))) continue;
    const number = numberOf(value, found);
    if (number === undefined) throw failure(row);
    numbers[row] = number;
    validity[row] = 1;
  }
  return numericColumn(name, found, numbers, validity);
}

/** A value as a text; undefined for a list or an object. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  return value instanceof Date && Number.isFinite(value.getTime()) ? value.toISOString() : undefined;
}

function numericColumn(
  name: string,
  kind: Exclude<ColumnKind, "text">,
  numbers: Float64Array,
  validity: Uint8Array,
): Column {
  if (kind !== "boolean") return withValidity({ name, kind, values: numbers }, validity);
  const values = Uint8Array.from(numbers, (value) => (value === 1 ? 1 : 0));
  return withValidity({ name, kind, values }, validity);
}

function withValidity(column: Column, validity: Uint8Array): Column {
  return validity.includes(0) ? { ...column, validity } : column;
}

/** A value as the number that its kind keeps; undefined where it is none. */
function numberOf(value: unknown, kind: Exclude<ColumnKind, "text">): number | undefined {
  if (kind === "boolean") return typeof value === "boolean" ? Number(value) : undefined;
  if (kind === "date") {
    const time =
      value instanceof Date ? value.getTime() : typeof value === "string" ? millisecondsOf(value) : Number(value);
    return Number.isFinite(time) ? time : undefined;
  }
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const number = Number(value);
  if (typeof value === "bigint" && !Number.isSafeInteger(number)) return undefined;
  return kind === "integer" && !Number.isSafeInteger(number) ? undefined : number;
}

function kindOfValues(name: string, values: ArrayLike<unknown>): ColumnKind {
  const kinds = new Set<ColumnKind>();
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (value === null || value === undefined) continue;
    if (typeof value === "boolean") kinds.add("boolean");
    else if (typeof value === "string") kinds.add("text");
    else if (value instanceof Date) kinds.add("date");
    else if (typeof value === "bigint") kinds.add("integer");
    else if (typeof value === "number") kinds.add(Number.isSafeInteger(value) ? "integer" : "number");
    else throw cellError(name, row, "is a list or an object, expected a number, text, boolean or date");
  }
  if (kinds.has("number")) kinds.delete("integer");
  if (kinds.size > 1) return "text";
  const [only = "number"] = kinds;
  if (only !== "text") return only;
  return isEveryText(values, isDate) ? "date" : "text";
}

function isEveryText(values: ArrayLike<unknown>, is: (text: string) => boolean): boolean {
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (typeof value === "string" && !is(value)) return false;
  }
  return true;
}

/**
 * A column of texts as a file of texts has them: a kind that fits every value, from the narrowest.
 * @param kind the kind that it must have; else the texts tell
 * @param isMissing whether a text stands for no value
 * @throws data for a text that is not of the kind asked for
 */
export function columnOfTexts(
  name: string,
  texts: readonly string[],
  { kind, isMissing, decimal = "." }: TextColumnOptions,
): Column {
  const there = new Uint8Array(texts.length);
  texts.forEach((text, row) => {
    there[row] = isMissing(text) ? 0 : 1;
  });
  const found = kind === undefined ? narrowest(texts, there, decimal) : parsed(texts, there, kind, decimal);
  if ("row" in found) {
    throw cellError(name, found.row, `is "${texts[found.row]?.slice(0, 40)}", expected a value of kind ${kind}`);
  }
  if (found.kind !== "text") return numericColumn(name, found.kind, found.numbers, there);
  const values = there.includes(0) ? texts.map((text, row) => (there[row] === 1 ? text : "")) : texts;
  return withValidity({ name, kind: "text", values }, there);
}

export interface TextColumnOptions {
  readonly kind?: ColumnKind | undefined;
  readonly isMissing: (text: string) => boolean;
  readonly decimal?: "." | "," | undefined;
}

/** The values of texts, or the first row whose text is none of the kind. */
type Parsed =
  | { readonly kind: Exclude<ColumnKind, "text">; readonly numbers: Float64Array }
  | { readonly kind: "text" };

function parsed(
  texts: readonly string[],
  there: Uint8Array,
  kind: ColumnKind,
  decimal: "." | ",",
): Parsed | { readonly row: number } {
  if (kind === "text") return { kind };
  const parse = parserOf(kind, decimal);
  const numbers = new Float64Array(texts.length).fill(Number.NaN);
  for (const [row, text] of texts.entries()) {
    if (there[row] === 0) continue;
    const value = parse(text);
    if (value === undefined) return { row };
    numbers[row] = value;
  }
  return { kind, numbers };
}

/** Numbers that begin with 0 are codes, which would not come back. A column without a value is one of numbers. */
function narrowest(texts: readonly string[], there: Uint8Array, decimal: "." | ","): Parsed {
  const asNumbers = parsed(texts, there, "number", decimal);
  if ("numbers" in asNumbers) {
    const isThere = (row: number): boolean => there[row] === 1;
    if (texts.some((text, row) => isThere(row) && /^\s*[+-]?0\d+\s*$/.test(text))) return { kind: "text" };
    const isInteger = (text: string, row: number): boolean =>
      !isThere(row) || (Number.isSafeInteger(asNumbers.numbers[row]) && integerForm.test(text));
    return there.includes(1) && texts.every(isInteger) ? { ...asNumbers, kind: "integer" } : asNumbers;
  }
  for (const kind of ["boolean", "date"] as const) {
    const found = parsed(texts, there, kind, decimal);
    if (!("row" in found)) return found;
  }
  return { kind: "text" };
}

const integerForm = /^\s*[+-]?\d{1,16}\s*$/;

/** A text's value; undefined where it is none of the kind. */
function parserOf(kind: Exclude<ColumnKind, "text">, decimal: "." | ","): (text: string) => number | undefined {
  if (kind === "boolean") return parseBoolean;
  if (kind === "date") return (text) => (isDate(text) ? millisecondsOf(text) : undefined);
  if (kind === "number") return (text) => parseNumber(text, decimal);
  return (text) => {
    const value = integerForm.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value) ? value : undefined;
  };
}

/** An error of one cell; rows count from 1, as people count the rows below a header. */
export function cellError(name: string, row: number, what: string): SinterError {
  return new SinterError("data", `Column "${name}", row ${row + 1}: ${what}. Mend the file, or give another kind.`, {
    column: name,
    row: row + 1,
  });
}
