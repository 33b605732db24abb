// Tables from JSON: an object a line, or a list of objects.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { columnOfValues, type ColumnKind, type Table, tableOfColumns } from "#learning/data/table/columns.ts";
import { checkExtent, beyond, damaged, type TableLimits } from "#learning/data/table/limits.ts";
import { kindFor } from "#learning/data/table/read-csv.ts";

export interface JsonOptions {
  readonly columns?: readonly string[] | undefined;
  readonly kinds?: Readonly<Record<string, ColumnKind>> | undefined;
}

/** Columns are the names of all objects, in the order in which they first come; a name that an object lacks is missing there. */
export function readJsonTable(text: string, { columns: wanted, kinds }: JsonOptions, limits: TableLimits): Table {
  const objects = text.trimStart().startsWith("[") ? listOf(text) : linesOf(text, limits);
  const names = new Map<string, number>();
  const columns: unknown[][] = [];
  objects.forEach((object, row) => {
    for (const [name, value] of Object.entries(object)) {
      const known = names.get(name);
      if (known === undefined) names.set(name, columns.length);
      const column = (columns[known ?? columns.length] ??= []);
      column[row] = checkCell(value, name, row, limits);
    }
    if (row % 1024 === 0 || row === objects.length - 1) checkExtent(limits, row + 1, columns.length);
  });
  const chosen = wanted ?? [...names.keys()];
  const made = chosen.map((name) => {
    const values = columns[names.get(name) ?? -1];
    if (values === undefined) throw noColumn(name, [...names.keys()]);
    values.length = objects.length;
    return columnOfValues(name, values, kindFor(kinds, name));
  });
  return tableOfColumns(made, "readTable");
}

function noColumn(name: string, names: readonly string[]): SinterError {
  return new SinterError(
    "option",
    `readTable: columns names "${name}", but the file has ${names.slice(0, 30).join(", ")}.`,
    { name },
  );
}

function linesOf(text: string, limits: TableLimits): object[] {
  const objects: object[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    if (objects.length === limits.maxRows) checkExtent(limits, objects.length + 1, 1);
    objects.push(objectOf(parse(line, `line ${index + 1}`), `line ${index + 1}`));
  }
  return objects;
}

function listOf(text: string): object[] {
  const list = parse(text, "the list");
  if (!Array.isArray(list)) throw damaged("JSON", "the file is no list of objects");
  return list.map((item: unknown, index) => objectOf(item, `item ${index + 1}`));
}

function parse(text: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    throw damaged("JSON", `${where} is no JSON (${messageOf(error)})`);
  }
}

function objectOf(value: unknown, where: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw damaged("JSON", `${where} is no object`);
}

function checkCell(value: unknown, name: string, row: number, { maxFieldLength }: TableLimits): unknown {
  if (typeof value === "string" && value.length > maxFieldLength) {
    throw beyond(`a text of ${value.length} letters`, "maxFieldLength", maxFieldLength);
  }
  if (typeof value !== "object" || value === null) return value;
  throw new SinterError(
    "data",
    `readTable: row ${row + 1}, "${name}" is a list or an object. Flatten it, or leave it out when you write the file.`,
    { row: row + 1, column: name },
  );
}
