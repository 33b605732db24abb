// Tables from Arrow IPC, file or stream, through flechette. Columns of lists and structures are refused by name.

import { type Column as ArrowColumn, type DataType, tableFromIPC, Type } from "@uwdata/flechette";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { checkArrowStream } from "#learning/data/table/arrow-guard.ts";
import {
  type Column,
  columnOfValues,
  type ColumnKind,
  type Table,
  tableOfColumns,
} from "#learning/data/table/columns.ts";
import { checkExtent, damaged, type TableLimits } from "#learning/data/table/limits.ts";
import { kindFor, wantedColumns } from "#learning/data/table/read-csv.ts";
import type { JsonOptions } from "#learning/data/table/read-json-lines.ts";

/** A file is a stream after its mark; its footer is another way to the same messages. */
const fileMark = "ARROW1";
const fileStart = 8;
/** Letters that texts may have beyond four for each byte: those of a file that is right lie side by side. */
const spareLetters = 2 ** 20;

const kindsOfTypes: ReadonlyMap<number, ColumnKind> = new Map<number, ColumnKind>([
  [Type.Null, "number"],
  [Type.Int, "integer"],
  [Type.Float, "number"],
  [Type.Decimal, "number"],
  [Type.Bool, "boolean"],
  [Type.Utf8, "text"],
  [Type.LargeUtf8, "text"],
  [Type.Utf8View, "text"],
  [Type.Date, "date"],
  [Type.Timestamp, "date"],
]);

/** @throws format, limit; data for a column of lists or structures, or an integer beyond 2^53 */
export function readArrow(bytes: Uint8Array, options: JsonOptions, limits: TableLimits): Table {
  try {
    return read(bytes, options, limits);
  } catch (error) {
    // What flechette throws is an error of the file.
    if (error instanceof SinterError) throw error;
    throw damaged("Arrow", messageOf(error), error);
  }
}

function read(bytes: Uint8Array, { columns: wanted, kinds }: JsonOptions, limits: TableLimits): Table {
  const isFile = String.fromCharCode(...bytes.subarray(0, fileMark.length)) === fileMark;
  // Typed arrays over the bytes need them at a multiple of eight.
  const stream = Uint8Array.from(isFile ? bytes.subarray(fileStart) : bytes);
  checkArrowStream(stream, limits.maxColumns);
  const arrow = tableFromIPC(stream);
  const names = arrow.names.map(String);
  if (names.length === 0) throw damaged("Arrow", "it has no schema");
  const chosen = wantedColumns(names, wanted);
  checkExtent(limits, arrow.numRows, Math.max(chosen.length, 1));
  const columns = chosen.map((index): Column => {
    const name = names[index] ?? "";
    const column = arrow.getChildAt(index);
    if (column.length !== arrow.numRows) throw damaged("Arrow", `column "${name}" has ${column.length} rows`);
    const kind = kindFor(kinds, name) ?? kindOf(name, column.type);
    return columnOfValues(name, valuesOf(name, column, 4 * bytes.length + spareLetters), kind);
  });
  return tableOfColumns(columns, "readTable");
}

function kindOf(name: string, type: DataType): ColumnKind {
  const { typeId } = type;
  const kind = kindsOfTypes.get(typeId);
  if (kind !== undefined) return kind;
  if (typeId === Type.Dictionary && "dictionary" in type) return kindOf(name, type.dictionary);
  throw new SinterError(
    "data",
    `readTable: column "${name}" holds lists, structures or bytes. Leave it out with columns, or flatten it before.`,
    { column: name },
  );
}

/** @throws format for a column that ends before its rows do, or whose texts overlap */
function valuesOf(name: string, column: ArrowColumn<unknown>, maxLetters: number): unknown[] {
  const values: unknown[] = [];
  const isShared = column.type.typeId === Type.Dictionary;
  let numLetters = 0;
  for (let row = 0; row < column.length; row += 1) {
    const value = column.at(row);
    if (value === undefined) throw damaged("Arrow", `column "${name}" ends before row ${row + 1}`);
    if (typeof value === "string" && !isShared) {
      numLetters += value.length;
      if (numLetters > maxLetters) throw damaged("Arrow", `the texts of column "${name}" overlap`);
    }
    values.push(value);
  }
  return values;
}
