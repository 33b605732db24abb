// Tables from files: CSV, JSON lines, Parquet and Arrow, told by what the file holds. Values become typed columns.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { columnKinds, type ColumnKind, type Table } from "#learning/data/table/columns.ts";
import { damaged, limitsFor, type TableLimits } from "#learning/data/table/limits.ts";
import { readArrow } from "#learning/data/table/read-arrow.ts";
import { type CsvOptions, readCsv } from "#learning/data/table/read-csv.ts";
import { readJsonTable } from "#learning/data/table/read-json-lines.ts";
import { readParquet } from "#learning/data/table/read-parquet.ts";

export const tableFormats = ["csv", "json", "parquet", "arrow"] as const;
export type TableFormat = (typeof tableFormats)[number];

export interface ReadTableOptions extends CsvOptions {
  /** Found in the bytes where left out; "json" is an object a line, or a list of objects. */
  readonly format?: TableFormat;
  /** The columns to read, in this order; all by default. */
  readonly columns?: readonly string[];
  /** What columns are, where the file would say otherwise: `{ zip: "text" }`. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Of a text: any label of the Encoding Standard. By default UTF-8, UTF-16 with its mark, else windows-1252. */
  readonly encoding?: string;
  readonly limits?: Partial<TableLimits>;
}

const known = [
  "format",
  "columns",
  "kinds",
  "encoding",
  "limits",
  "delimiter",
  "quote",
  "header",
  "decimal",
  "missing",
];
/** V8 holds no longer string. */
const maxTextBytes = 2 ** 29 - 32;

/**
 * A table from a file: CSV (delimiter, names, encoding and kinds are found), JSON lines, Parquet (uncompressed, Snappy) or
 * Arrow IPC (file or stream, uncompressed). Missing values are empty cells, NA, null and the like.
 * @param source a path, or the bytes
 * @throws file; format for damaged bytes; data naming row and column for a value of another kind; limit; option
 * @example
 * const table = await readTable(new TextEncoder().encode("age,city\n31,Bonn\n45,\n"));
 * console.log(table.columns.map(({ name, kind }) => `${name}: ${kind}`));
 */
export async function readTable(source: string | Uint8Array, options: ReadTableOptions = {}): Promise<Table> {
  checkOptions("readTable", options, known);
  for (const kind of Object.values(options.kinds ?? {})) choice("readTable", "kinds", kind, columnKinds);
  const numBytes = typeof source === "string" ? await sizeOfFile(source) : source.length;
  const limits = limitsFor(numBytes, options.limits);
  const bytes = typeof source === "string" ? await platform().files.read(source) : source;
  const format =
    options.format === undefined ? formatOf(bytes) : choice("readTable", "format", options.format, tableFormats);
  if (format === "parquet") return readParquet(bytes, options, limits);
  if (format === "arrow") return readArrow(bytes, options, limits);
  const text = decodeText(bytes, options.encoding);
  return format === "json" ? readJsonTable(text, options, limits) : readCsv(text, options, limits);
}

async function sizeOfFile(path: string): Promise<number> {
  const found = await platform().files.stat(path);
  if (found?.kind === "file") return found.bytes;
  throw new SinterError("file", `readTable: "${path}" is no file. Check the path.`, { path });
}

/** What the first bytes say. */
export function formatOf(bytes: Uint8Array): TableFormat {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  if (start.startsWith("PAR1")) return "parquet";
  if (start.startsWith("ARROW1")) return "arrow";
  // A stream begins with a message: 0xffffffff and its length, which is less than the file.
  if (bytes.length > 8 && bytes.subarray(0, 4).every((byte) => byte === 0xff)) return "arrow";
  const text = new TextDecoder().decode(bytes.subarray(0, 4096)).trimStart();
  return /^(?:\{\s*["}]|\[\s*\{)/.test(text) ? "json" : "csv";
}

/** @throws format for bytes that are no text, option for an encoding that is not known */
function decodeText(bytes: Uint8Array, encoding: string | undefined): string {
  if (bytes.length > maxTextBytes) {
    throw new SinterError(
      "limit",
      `readTable: a text of ${bytes.length} bytes, at most ${maxTextBytes}. Cut the file.`,
    );
  }
  if (encoding !== undefined) return decodeAs(bytes, encoding);
  const [first = 0, second = 0] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return checkText(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SinterError) throw error;
    return checkText(new TextDecoder("windows-1252").decode(bytes));
  }
}

function decodeAs(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    throw new SinterError(
      "option",
      `readTable: encoding "${encoding}" is not known. Write "utf-8" or "windows-1252".`,
      {
        encoding,
      },
    );
  }
}

/** Bytes of something else hold zeros; texts do not. */
function checkText(text: string): string {
  if (!text.slice(0, 65536).includes("\0")) return text;
  throw damaged("the file", "it holds bytes that no text has");
}
