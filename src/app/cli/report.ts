// `sinter report`: the report of a run that is finished, again or in another language.

import { InvalidArgumentError, type Command } from "commander";
import { writeReport } from "#app/tasks/report/write-report.ts";
import { closeDevice } from "#entry/node.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput } from "./output.ts";
import type { CliTexts } from "./texts.ts";

interface ReportFlags {
  readonly out?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addReportCommand(program: Command, context: CommandContext): void {
  const { texts } = context;
  program
    .command("report")
    .description(texts.commandReport)
    .argument("<RUN>", texts.argumentRun)
    .argument("[FOLDER]", texts.argumentMovedFolder)
    .option("--out <FILE>", texts.flagReportOut, htmlFile(texts))
    .option("--check", texts.flagReportCheck)
    .option("--json", texts.flagJsonObject)
    .addHelpText("after", texts.afterReport)
    .action((run: string, folder: string | undefined, flags: ReportFlags) => report(run, folder, flags, context));
}

async function report(
  run: string,
  folder: string | undefined,
  { out, check = false, json = false }: ReportFlags,
  { language, texts }: CommandContext,
): Promise<void> {
  const output = createOutput(json, texts);
  const interrupt = new Interrupt(() => process.stderr.write(`${texts.stoppingReport}\n`));
  try {
    const { signal } = interrupt;
    const written = await writeReport(run, { language, folder, out, checkData: check, signal });
    output.event(written);
    const size = (written.numBytes / 2 ** 20).toFixed(2);
    if (!json) output.say(`${written.html} (${size} MiB)\n${written.json}\n${written.modelCard}`);
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function htmlFile(texts: CliTexts): (path: string) => string {
  return (path) => {
    if (/\.html?$/i.test(path)) return path;
    throw new InvalidArgumentError(texts.giveHtml);
  };
}
