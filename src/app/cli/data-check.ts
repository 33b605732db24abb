// `sinter data check`: what in a folder of pictures would spoil a training, for people and as JSON lines.

import type { Command } from "commander";
import { checkFolder, type DataFinding, type DataReport, type FindingKind } from "#entry/node.ts";
import { wholeNumber } from "./arguments.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, table, type Output } from "./output.ts";

/** What cannot be trained on, or makes scores lie; the rest is advice. */
const seriousKinds: readonly FindingKind[] = ["structure", "broken", "leak", "conflict"];

const headings: Readonly<Record<FindingKind, string>> = {
  structure: "folders that do not serve",
  broken: "cannot be read",
  "wrong-extension": "another format than the name says",
  leak: "in more than one part",
  conflict: "in more than one class",
  duplicate: "there more than once",
  huge: "huge",
  tiny: "tiny",
  blank: "blank",
  imbalance: "rare classes",
};

interface CheckFlags {
  readonly show: number;
  readonly json?: boolean;
}

/** Adds the command. @param finish gets the exit code */
export function addDataCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command("data")
    .description("look through data before it is trained on")
    .command("check")
    .description("find what would spoil a training: broken, double, leaking, wrongly named, tiny, blank pictures")
    .argument("<FOLDER>", "folder of classes, or of train/, val/ and test/")
    .option("--show <N>", "findings shown of each kind", wholeNumber(1), 5)
    .option("--json", "one JSON object a line: the findings, then a summary")
    .addHelpText("after", `\nExit code 1 where something is serious: ${seriousKinds.join(", ")}. Nothing is changed.`)
    .action(async (folder: string, flags: CheckFlags) => finish(await check(folder, flags)));
}

async function check(folder: string, { show, json = false }: CheckFlags): Promise<number> {
  const output = createOutput(json);
  const interrupt = new Interrupt(() => output.say("Stopping. Press Ctrl-C again to stop at once."));
  try {
    const report = await checkFolder(folder, { signal: interrupt.signal, onProgress: progressOf(output) });
    for (const finding of report.findings) output.event({ event: "finding", ...finding });
    const { findings, ...summary } = report;
    output.event({ event: "summary", ...summary, counts: countsOf(findings), isSerious: isSerious(report) });
    if (!json) output.say(describe(report, show));
    return isSerious(report) ? 1 : 0;
  } finally {
    interrupt[Symbol.dispose]();
  }
}

/** A line that counts files, where somebody can see it move. */
function progressOf({ lines }: Output): ((progress: { numDone: number; numFiles: number }) => void) | undefined {
  if (!lines.isLive) return undefined;
  return ({ numDone, numFiles }) => {
    const isLast = numDone === numFiles;
    if (isLast || numDone % 20 === 0) lines.write(`\r${isLast ? "\u001B[K" : `${numDone} of ${numFiles} files`}`);
  };
}

function isSerious({ findings }: DataReport): boolean {
  return findings.some(({ kind }) => seriousKinds.includes(kind));
}

function countsOf(findings: readonly DataFinding[]): Partial<Record<FindingKind, number>> {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function describe(report: DataReport, numShown: number): string {
  const { folder, numFiles, numBytes, classes, sizes, findings } = report;
  const rows = classes.map(({ part, className, numFiles: count }) => [
    part === "all" ? className : `${part}/${className}`,
    String(count),
  ]);
  const named = sizes === undefined ? [] : Object.entries(sizes).map(([name, size]) => `${name} ${size.join(" x ")}`);
  const size = named.length === 0 ? "" : `height x width: ${named.join(", ")}\n`;
  const head = `${folder}: ${numFiles} pictures, ${(numBytes / 1e6).toFixed(1)} MB\n${size}\n${table([["class", "files"], ...rows])}\n`;
  if (findings.length === 0) return `${head}\nNothing is wrong.`;
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => describeKind(kind, findings, numShown));
  return `${head}\n${parts.join("\n\n")}`;
}

function describeKind(kind: FindingKind, all: readonly DataFinding[], numShown: number): string {
  const findings = all.filter((finding) => finding.kind === kind);
  const shown = findings.slice(0, numShown).map(({ files, message }) => {
    const [first = "", ...others] = files;
    return [`  ${first}`, ...others.map((file) => `  = ${file}`), `    ${message}`].join("\n");
  });
  const left = findings.length - shown.length;
  const rest = left === 0 ? [] : [`  and ${left} more (--show ${findings.length} shows all)`];
  return [`${findings.length} ${headings[kind]}:`, ...shown, ...rest].join("\n");
}
