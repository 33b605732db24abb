// `sinter data check`: what in a folder of pictures would spoil a training, for people and as JSON lines.

import type { Command } from "commander";
import { findingText } from "#app/tasks/report/finding-texts.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { checkFolder, type DataFinding, type DataReport, type FindingKind } from "#entry/node.ts";
import { wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, table, type Output } from "./output.ts";
import type { CliTexts } from "./texts.ts";

/** What cannot be trained on, or makes scores lie; the rest is advice. */
const seriousKinds: readonly FindingKind[] = ["structure", "broken", "leak", "conflict"];

const headings = {
  structure: "foundStructure",
  broken: "foundBroken",
  "wrong-extension": "foundWrongExtension",
  leak: "foundLeak",
  conflict: "foundConflict",
  duplicate: "foundDuplicate",
  huge: "foundHuge",
  tiny: "foundTiny",
  blank: "foundBlank",
  imbalance: "foundImbalance",
} as const satisfies Readonly<Record<FindingKind, keyof CliTexts>>;

interface CheckFlags {
  readonly show: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addDataCommand(program: Command, context: CommandContext): void {
  const { texts, finish } = context;
  program
    .command("data")
    .description(texts.commandData)
    .command("check")
    .description(texts.commandCheck)
    .argument("<FOLDER>", texts.argumentFolder)
    .option("--show <N>", texts.flagShow, wholeNumber(texts, 1), 5)
    .option("--json", texts.flagJsonFindings)
    .addHelpText("after", fill(texts.afterCheck, { kinds: seriousKinds.join(", ") }))
    .action(async (folder: string, flags: CheckFlags) => finish(await check(folder, flags, context)));
}

async function check(
  folder: string,
  { show, json = false }: CheckFlags,
  { texts, language }: CommandContext,
): Promise<number> {
  const output = createOutput(json, texts);
  const interrupt = new Interrupt(() => output.say(texts.stoppingTwice));
  try {
    const report = await checkFolder(folder, { signal: interrupt.signal, onProgress: progressOf(output) });
    for (const finding of report.findings) output.event({ event: "finding", ...finding });
    const { findings, ...summary } = report;
    output.event({ event: "summary", ...summary, counts: countsOf(findings), isSerious: isSerious(report) });
    if (!json) {
      const messageOf = (finding: DataFinding): string => findingText(language, finding);
      output.say([...describeFolder(texts, report), describeFindings(texts, report, { show, messageOf })].join("\n"));
    }
    return isSerious(report) ? 1 : 0;
  } finally {
    interrupt[Symbol.dispose]();
  }
}

/** A line that counts files, where somebody can see it move. */
function progressOf({ lines, texts }: Output): ((progress: { numDone: number; numFiles: number }) => void) | undefined {
  if (!lines.isLive) return undefined;
  return (progress) => {
    const isLast = progress.numDone === progress.numFiles;
    if (!isLast && progress.numDone % 20 !== 0) return;
    lines.write(`\r${isLast ? "\u001B[K" : fill(texts.filesOf, { ...progress })}`);
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

function describeFolder(texts: CliTexts, { folder, numFiles, numBytes, classes, sizes }: DataReport): string[] {
  const rows = classes.map(({ part, className, numFiles: count }) => [
    part === "all" ? className : `${part}/${className}`,
    String(count),
  ]);
  return [
    fill(texts.folderHolds, { folder, numFiles, megabytes: (numBytes / 1e6).toFixed(1) }),
    ...(sizes === undefined ? [] : [describeSizes(texts, sizes)]),
    "",
    table([[texts.class, texts.files], ...rows]),
    "",
  ];
}

function describeSizes(texts: CliTexts, sizes: NonNullable<DataReport["sizes"]>): string {
  const named = Object.entries(sizes).map(([name, size]) => [name, size.join(" x ")]);
  return fill(texts.sizes, Object.fromEntries(named));
}

/** How findings are told. */
interface Telling {
  /** Findings shown of each kind. */
  readonly show: number;
  readonly messageOf: (finding: DataFinding) => string;
}

function describeFindings(texts: CliTexts, { findings }: DataReport, telling: Telling): string {
  if (findings.length === 0) return texts.nothingWrong;
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const ofKind = (kind: FindingKind): DataFinding[] => findings.filter((finding) => finding.kind === kind);
  return kinds.map((kind) => describeKind(texts, ofKind(kind), telling)).join("\n\n");
}

function describeKind(texts: CliTexts, findings: readonly DataFinding[], { show, messageOf }: Telling): string {
  const [first] = findings;
  const kind = first === undefined ? "" : texts[headings[first.kind]];
  const shown = findings.slice(0, show).map((finding) => {
    const [file = "", ...others] = finding.files;
    return [`  ${file}`, ...others.map((other) => `  = ${other}`), `    ${messageOf(finding)}`].join("\n");
  });
  const count = findings.length - shown.length;
  const rest = count === 0 ? [] : [`  ${fill(texts.showAll, { count, all: findings.length })}`];
  return [fill(texts.findings, { count: findings.length, kind }), ...shown, ...rest].join("\n");
}
