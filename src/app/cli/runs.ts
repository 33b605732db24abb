// `sinter runs`: the runs in a folder as a table.

import type { Command } from "commander";
import { listRuns, type RunOrder } from "#app/tasks/list-runs.ts";
import { fill } from "#app/tasks/report/texts.ts";
import type { RunRecord } from "#app/tasks/run-record.ts";
import { oneOf } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { createOutput, plainText, table, type Output } from "./output.ts";
import type { CliTexts } from "./texts.ts";

interface RunsFlags {
  readonly sort: RunOrder;
  readonly json?: boolean;
}

/** Adds the command. */
export function addRunsCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("runs")
    .description(texts.commandRuns)
    .argument("[FOLDER]", texts.argumentRuns, "runs")
    .option("--sort <date|score>", texts.flagSort, oneOf(texts, ["date", "score"]), "date")
    .option("--json", texts.flagJsonRuns)
    .action((folder: string, { sort, json = false }: RunsFlags) => list(folder, sort, createOutput(json, texts)));
}

async function list(folder: string, sort: RunOrder, output: Output): Promise<void> {
  const { texts } = output;
  const records = await listRuns(folder, sort);
  for (const { startedMs, ...record } of records) output.event({ ...record, started: timeText(startedMs) });
  if (output.isJson) return;
  if (records.length === 0) return output.say(fill(texts.noRuns, { folder: plainText(folder) }));
  const { run, begun, model, data, classes, epochs, best, val, test, state } = texts;
  const heads = [run, begun, model, data, classes, epochs, best, val, test, state];
  output.say(table([heads, ...records.map((record) => cells(texts, record))]));
  for (const record of records.filter((one) => one.state === "damaged")) {
    output.say(fill(texts.damagedRun, { run: plainText(record.run), reason: plainText(record.reason ?? "") }));
  }
}

function cells(texts: CliTexts, record: RunRecord): string[] {
  const { run, startedMs, model, data, numClasses, epochsDone, epochs, bestEpoch, state } = record;
  const share = (value: number | undefined): string => value?.toFixed(4) ?? "-";
  return [
    run,
    timeText(startedMs)?.slice(0, 16).replace("T", " ") ?? "-",
    model ?? "-",
    data ?? "-",
    numClasses?.toString() ?? "-",
    `${epochsDone}/${epochs ?? "?"}`,
    bestEpoch?.toString() ?? "-",
    share(record.valAccuracy),
    share(record.testAccuracy),
    texts[state],
  ].map(plainText);
}

/** Universal time: runs are compared across machines. */
function timeText(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
