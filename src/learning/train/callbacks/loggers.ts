// Callbacks that write the numbers of every epoch into a file: as CSV, or as JSON lines.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, type ConfigValue } from "#engine/base/options.ts";
import type { Logs } from "../metric-states.ts";
import type { Callback } from "./callback.ts";
import { numberToState, stateReader } from "./callback-state.ts";
import { LogFile } from "./log-file.ts";

export interface CsvLoggerOptions {
  readonly filename: string;
  /** Between two columns; a comma by default. */
  readonly separator?: string;
  /** Whether lines that are there already are kept. */
  readonly append?: boolean;
}

export interface JsonlLoggerOptions {
  readonly filename: string;
  /** Whether lines that are there already are kept. */
  readonly append?: boolean;
}

/**
 * Writes a line an epoch, with its number from 0 and the logs in alphabetical order; the first line names the columns.
 * Columns are those of the first epoch and, where it was not validated, the same with `val`; NA stands for what is missing.
 * @source Keras 3, callbacks.CSVLogger
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  checkOptions("csvLogger", options, ["filename", "separator", "append"]);
  const { separator = "," } = options;
  let columns: readonly string[] = [];
  return logger("csvLogger", options, {
    reset: () => {
      columns = [];
    },
    linesOf: (epoch, logs, isFirst) => {
      if (columns.length === 0) columns = columnsOf(logs);
      const cells = columns.map((name) => quoted(numberText(logs[name]), separator));
      const row = [String(epoch), ...cells].join(separator);
      return isFirst ? [["epoch", ...columns.map((name) => quoted(name, separator))].join(separator), row] : [row];
    },
  });
}

/**
 * Writes a JSON object an epoch: `{"epoch":0,"loss":0.69,…}`, epochs from 0. NaN and Infinity are written as words.
 */
export function jsonlLogger(options: JsonlLoggerOptions): Callback {
  checkOptions("jsonlLogger", options, ["filename", "append"]);
  return logger("jsonlLogger", options, {
    reset: () => undefined,
    linesOf: (epoch, logs) => {
      const entries = Object.entries(logs).map(([name, value]) => [name, numberToState(value)]);
      return [JSON.stringify({ epoch, ...Object.fromEntries(entries) })];
    },
  });
}

interface LineWriter {
  reset(): void;
  linesOf(epoch: number, logs: Logs, isFirst: boolean): readonly string[];
}

function logger(where: string, { filename, append = false }: JsonlLoggerOptions, writer: LineWriter): Callback {
  if (typeof filename !== "string" || filename === "") {
    throw new SinterError("option", `${where}: no filename came. Give the path of a file.`);
  }
  const file = new LogFile(filename);
  return {
    writesFiles: true,
    onTrainBegin: async () => {
      writer.reset();
      file.reset();
      if (append) await file.keep();
    },
    onEpochEnd: async (epoch, logs) => {
      for (const line of writer.linesOf(epoch, logs, file.numLines === 0)) await file.append(line);
    },
    state: () => ({ numLines: file.numLines }),
    restore: async (state: ConfigValue) => file.cutBack(stateReader(where, state)("numLines") ?? 0),
  };
}

function columnsOf(logs: Logs): readonly string[] {
  const names = Object.keys(logs).toSorted();
  if (names.some((name) => /^val[A-Z]/.test(name))) return names;
  return [...names, ...names.map((name) => `val${name.charAt(0).toUpperCase()}${name.slice(1)}`)];
}

function numberText(value: number | undefined): string {
  if (value === undefined) return "NA";
  return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
}

/** RFC 4180: quotes where the text would end the cell. */
function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
