// Where the command line writes: JSON lines for programs on standard output, text for people beside them. Owns the rules
// of NO_COLOR, CI and terminals; knows no command.

import type { LineTarget } from "./progress.ts";

/** What commands write to. */
export interface Output {
  readonly isJson: boolean;
  /** One JSON object a line on standard output; nothing unless --json was given. */
  event(value: object): void;
  /** A line for people. */
  say(text: string): void;
  /** The same place, as the progress line uses it. */
  readonly lines: LineTarget;
}

/** The output of a command: with `isJson`, standard output carries JSON lines only and people read standard error. */
export function createOutput(isJson: boolean): Output {
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

/** A table with its columns aligned: words to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

/** no-color.org: set and not empty. */
function isSet(variable: string): boolean {
  return (process.env[variable] ?? "") !== "";
}
