// Tables from Parquet, through hyparquet. Columns of lists and structures are refused by name; pages are checked first.

import { type FileMetaData, parquetMetadata, parquetRead, parquetSchema, type SchemaTree } from "hyparquet";
import { messageOf, SinterError } from "#engine/base/error.ts";
import {
  type Column,
  columnOfValues,
  type ColumnKind,
  type Table,
  tableOfColumns,
} from "#learning/data/table/columns.ts";
import { checkExtent, damaged, type TableLimits } from "#learning/data/table/limits.ts";
import { checkColumnChunk } from "#learning/data/table/parquet-guard.ts";
import { kindFor, wantedColumns } from "#learning/data/table/read-csv.ts";
import type { JsonOptions } from "#learning/data/table/read-json-lines.ts";

/** Logical types whose values are numbers, texts, booleans or dates. */
const plainTypes = new Set([
  "UTF8",
  "STRING",
  "ENUM",
  "DECIMAL",
  "DATE",
  "TIMESTAMP",
  "TIMESTAMP_MILLIS",
  "TIMESTAMP_MICROS",
  "INTEGER",
  "INT_8",
  "INT_16",
  "INT_32",
  "INT_64",
  "UINT_8",
  "UINT_16",
  "UINT_32",
  "UINT_64",
  "UUID",
  "NULL",
  "FLOAT16",
]);

/** @throws format, limit; data for a column of lists or structures, or an integer beyond 2^53 */
export async function readParquet(bytes: Uint8Array, options: JsonOptions, limits: TableLimits): Promise<Table> {
  try {
    return await read(bytes, options, limits);
  } catch (error) {
    // What hyparquet throws is an error of the file; so is what comes of metadata that it took as they are.
    if (error instanceof SinterError) throw error;
    throw damaged("Parquet", messageOf(error), error);
  }
}

async function read(bytes: Uint8Array, { columns: wanted, kinds }: JsonOptions, limits: TableLimits): Promise<Table> {
  // hyparquet reads buffers, which may be larger than the bytes.
  const { buffer } = Uint8Array.from(bytes);
  const metadata = parquetMetadata(buffer);
  const schema = parquetSchema(metadata);
  const names = schema.children.map(({ element }) => element.name);
  const chosen = wantedColumns(names, wanted);
  checkExtent(limits, numRowsOf(metadata), Math.max(chosen.length, 1));
  const fields = chosen.map((index) => plainField(schema.children[index]));
  for (const field of fields) checkColumn(new Uint8Array(buffer), metadata, field);
  const columns: Column[] = [];
  for (const field of fields) {
    const { name } = field.element;
    // oxlint-disable-next-line no-await-in-loop -- one column's values at a time
    const values = await valuesOf(buffer, metadata, name);
    columns.push(columnOfValues(name, values, kindFor(kinds, name) ?? kindOf(field)));
  }
  return tableOfColumns(columns, "readTable");
}

function numRowsOf({ row_groups: groups, num_rows: stated }: FileMetaData): number {
  const total = groups.reduce((sum, { num_rows: numRows }) => {
    if (numRows < 0n) throw damaged("Parquet", `a part of ${numRows} rows`);
    return sum + numRows;
  }, 0n);
  if (total !== stated) throw damaged("Parquet", `it says that it has ${stated} rows, its parts have ${total}`);
  return Number(total);
}

/** @throws data for a column that is no plain one */
function plainField(field: SchemaTree | undefined): SchemaTree {
  if (field === undefined) throw damaged("Parquet", "a column without a schema");
  const { element, children } = field;
  const logical = element.logical_type?.type ?? element.converted_type;
  const isPlain = children.length === 0 && element.repetition_type !== "REPEATED";
  if (isPlain && (logical === undefined || plainTypes.has(logical))) return field;
  throw new SinterError(
    "data",
    `readTable: column "${element.name}" holds lists, structures or ${logical ?? "nested values"}. Leave it out with ` +
      "columns, or flatten it before.",
    { column: element.name },
  );
}

function checkColumn(bytes: Uint8Array, metadata: FileMetaData, { element }: SchemaTree): void {
  for (const [index, group] of metadata.row_groups.entries()) {
    const where = `column "${element.name}" of part ${index + 1}`;
    const chunks = group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === element.name);
    const [chunk] = chunks;
    if (chunk?.meta_data === undefined || chunks.length !== 1 || chunk.file_path !== undefined) {
      throw damaged("Parquet", `${where} is not there, or lies in another file`);
    }
    const { meta_data: meta } = chunk;
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const end = start + Number(meta.total_compressed_size);
    const isWithin = Number.isSafeInteger(start) && start >= 0 && end >= start && end <= bytes.length;
    if (!isWithin) throw damaged("Parquet", `${where} lies outside of the file`);
    if (meta.type !== element.type || meta.path_in_schema.length !== 1)
      throw damaged("Parquet", `${where} is of another type`);
    const facts = {
      metadata: meta,
      numRows: Number(group.num_rows),
      isOptional: element.repetition_type === "OPTIONAL",
    };
    checkColumnChunk(bytes.subarray(start, end), facts, where);
  }
}

async function valuesOf(buffer: ArrayBuffer, metadata: FileMetaData, name: string): Promise<unknown[]> {
  const chunks: { readonly start: number; readonly data: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file: buffer,
    metadata,
    columns: [name],
    // Nobody catches what this throws.
    onChunk: ({ columnData, rowStart }) => void chunks.push({ start: rowStart, data: columnData }),
  });
  const values: unknown[] = [];
  for (const { start, data } of chunks.toSorted((a, b) => a.start - b.start)) {
    if (start !== values.length) throw damaged("Parquet", `column "${name}" has a hole before row ${start + 1}`);
    for (let index = 0; index < data.length; index += 1) values.push(data[index]);
  }
  const numRows = Number(metadata.num_rows);
  if (values.length !== numRows) throw damaged("Parquet", `column "${name}" has ${values.length} of ${numRows} rows`);
  return values;
}

/** What the schema says of a column; undefined where its values tell. */
function kindOf({ element }: SchemaTree): ColumnKind | undefined {
  const logical = element.logical_type?.type ?? element.converted_type;
  if (logical === "DATE" || logical?.startsWith("TIMESTAMP") === true || element.type === "INT96") return "date";
  if (logical === "DECIMAL" || logical === "FLOAT16") return "number";
  if (element.type === "FLOAT" || element.type === "DOUBLE") return "number";
  if (element.type === "INT32" || element.type === "INT64") return "integer";
  if (element.type === "BOOLEAN") return "boolean";
  return element.type === "BYTE_ARRAY" || logical === "UUID" ? "text" : undefined;
}
