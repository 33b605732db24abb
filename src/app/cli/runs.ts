// `sinter runs`: the runs in a folder as a table.

import type { Command } from "commander";
import { listRuns, type RunOrder } from "#app/tasks/list-runs.ts";
import type { RunRecord } from "#app/tasks/run-record.ts";
import { oneOf } from "./arguments.ts";
import { createOutput, plainText, table } from "./output.ts";

interface RunsFlags {
  readonly sort: RunOrder;
  readonly json?: boolean;
}

/** Adds the command. */
export function addRunsCommand(program: Command): void {
  program
    .command("runs")
    .description("list the runs in a folder")
    .argument("[FOLDER]", "folder that holds runs", "runs")
    .option("--sort <date|score>", "the newest or the best first", oneOf(["date", "score"]), "date")
    .option("--json", "one JSON object a run on standard output")
    .action((folder: string, flags: RunsFlags) => list(folder, flags));
}

async function list(folder: string, { sort, json = false }: RunsFlags): Promise<void> {
  const output = createOutput(json);
  const records = await listRuns(folder, sort);
  for (const { startedMs, ...record } of records) output.event({ ...record, started: timeText(startedMs) });
  if (json) return;
  if (records.length === 0) return output.say(`No runs in ${plainText(folder)}. Make one: sinter train FOLDER`);
  output.say(
    table([
      ["run", "begun", "model", "data", "classes", "epochs", "best", "val", "test", "state"],
      ...records.map(cells),
    ]),
  );
  for (const { run, reason } of records.filter(({ state }) => state === "damaged")) {
    output.say(`damaged: ${plainText(run)}: ${plainText(reason ?? "")}`);
  }
}

function cells(record: RunRecord): string[] {
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
    state,
  ].map(plainText);
}

/** Universal time: runs are compared across machines. */
function timeText(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
