// `sinter report`: the report of a run that is finished, again or in another language.

import { InvalidArgumentError, type Command } from "commander";
import { writeReport } from "#app/tasks/report/write-report.ts";
import { reportLanguages, type ReportLanguage } from "#app/tasks/report/texts.ts";
import { closeDevice } from "#entry/node.ts";
import { oneOf } from "./arguments.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput } from "./output.ts";

interface ReportFlags {
  readonly language: ReportLanguage;
  readonly out?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

const help = `
Writes report.html (one file, no network), report.json (every number) and model-card.md into the run, or beside --out.
FOLDER is the data the run was made with; give it when it has moved since.

Examples:
  sinter report runs/train
  sinter report runs/train photos --language zh --check --out report/report.html`;

/** Adds the command. */
export function addReportCommand(program: Command): void {
  program
    .command("report")
    .description("write the report of a run: report.html, report.json, model-card.md")
    .argument("<RUN>", "folder that sinter train wrote")
    .argument("[FOLDER]", "the data; default: where the run's config.json says")
    .option("--language <en|zh>", "language of page and card", oneOf(reportLanguages), "en")
    .option("--out <FILE>", "where the page is written; default: report.html in the run", htmlFile)
    .option("--check", "look for faults in the data, and tell them in the report")
    .option("--json", "one JSON object on standard output")
    .addHelpText("after", help)
    .action((run: string, folder: string | undefined, flags: ReportFlags) => report(run, folder, flags));
}

async function report(run: string, folder: string | undefined, flags: ReportFlags): Promise<void> {
  const { language, out, check = false, json = false } = flags;
  const output = createOutput(json);
  const interrupt = new Interrupt(() => process.stderr.write("Stopping; nothing is written.\n"));
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

function htmlFile(path: string): string {
  if (/\.html?$/i.test(path)) return path;
  throw new InvalidArgumentError("Give a file that ends in .html.");
}
