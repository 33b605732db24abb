// Where the command line writes: JSON lines for programs on standard output, text for people beside them. Owns the rules
// of NO_COLOR, CI and terminals; knows no command.

import type { LineTarget } from "./progress.ts";
import type { CliTexts } from "./texts.ts";

/** What commands write to. */
export interface Output {
  readonly isJson: boolean;
  /** What people are told, in their language. */
  readonly texts: CliTexts;
  /** One JSON object a line on standard output; nothing unless --json was given. */
  event(value: object): void;
  /** A line for people. */
  say(text: string): void;
  /** The same place, as the progress line uses it. */
  readonly lines: LineTarget;
}

/** The output of a command: with `isJson`, standard output carries JSON lines only and people read standard error. */
export function createOutput(isJson: boolean, texts: CliTexts): Output {
  const stream = isJson ? process.stderr : process.stdout;
  // Whoever reads may stop reading (`| head`): that is no error of ours.
  if (!process.stdout.listeners("error").includes(onStreamError)) process.stdout.on("error", onStreamError);
  const isTerminal = stream.isTTY && process.env["TERM"] !== "dumb";
  const lines: LineTarget = {
    write: (text) => void stream.write(text),
    isLive: isTerminal && !isSet("CI"),
    hasColor: isTerminal && !isSet("NO_COLOR"),
    numColumns: () => stream.columns ?? 0,
    now: () => performance.now(),
  };
  return {
    isJson,
    texts,
    event: (value) => {
      if (isJson) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    say: (text) => lines.write(`${text}\n`),
    lines,
  };
}

/** Text of files and folders without the characters that would steer a terminal. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}

const takesTwoColumns =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const takesNoColumn = /\p{Mn}|\p{Cf}/u;

/** Columns of a terminal that a text takes: East Asian characters and emoji take two, marks on another character none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!takesNoColumn.test(character)) width += takesTwoColumns.test(character) ? 2 : 1;
  }
  return width;
}

/** A text with spaces after it up to a width in columns. */
export function padded(text: string, width: number): string {
  return text + spacesFor(text, width);
}

/** A table with its columns aligned: words to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))));
  const aligned = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? padded(cell, width) : spacesFor(cell, width) + cell;
  };
  return rows.map((row) => row.map(aligned).join("  ").trimEnd()).join("\n");
}

function spacesFor(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text)));
}

function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

/** no-color.org: set and not empty. */
function isSet(variable: string): boolean {
  return (process.env[variable] ?? "") !== "";
}
