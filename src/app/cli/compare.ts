// `sinter compare`: runs side by side.

import type { Command } from "commander";
import { compareRuns, type RunComparison, type SamePictures } from "#app/tasks/compare-runs.ts";
import { closeDevice } from "#entry/node.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, plainText, table } from "./output.ts";
import { formatNumber } from "./progress.ts";

interface CompareFlags {
  readonly on?: string;
  readonly json?: boolean;
}

/** A value is cut here: a list of classes may be long. */
const maxValueLength = 40;

/** Adds the command. */
export function addCompareCommand(program: Command): void {
  program
    .command("compare")
    .description("show what differs between runs, and their scores side by side")
    .argument("<RUN>", "folder that sinter train wrote")
    .argument("<RUN...>", "one or more others")
    .option("--on <FOLDER>", "ask all runs about the same labelled pictures, and test whether they differ")
    .option("--json", "one JSON object on standard output")
    .action((first: string, others: string[], flags: CompareFlags) => compare([first, ...others], flags));
}

async function compare(runs: readonly string[], { on, json = false }: CompareFlags): Promise<void> {
  const output = createOutput(json);
  const interrupt = new Interrupt(() => output.say("Stopping."));
  try {
    const comparison = await compareRuns(runs, { on, signal: interrupt.signal });
    for (const { file, reason } of comparison.on?.broken ?? []) {
      process.stderr.write(`left out ${plainText(file)}: ${plainText(reason)}\n`);
    }
    output.event(comparison);
    if (!json) output.say(describe(comparison));
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function describe({ runs, differences, parts, scores, on }: RunComparison): string {
  const names = runs.map(plainText);
  const rows = differences.map(({ name, values }) => [plainText(name), ...values.map(shortened)]);
  const differing =
    rows.length === 0 ? "Nothing differs in config, environment and data." : table([["differs", ...names], ...rows]);
  const header = ["score", ...names, ...names.slice(1).map((_, place) => `difference ${place + 2}`)];
  const scoreRows = scores.map(({ name, values, differences: changes }) => [
    name,
    ...values.map(numberText),
    ...changes.slice(1).map((change) => signed(change)),
  ]);
  const scored =
    scoreRows.length === 0
      ? "No run has scores."
      : table([header, ["part", ...parts.map((part) => part ?? "-"), ...names.slice(1).map(() => "")], ...scoreRows]);
  return [differing, scored, ...(on === undefined ? [] : [describePictures(on, names)])].join("\n\n");
}

function describePictures({ folder, numSamples, accuracies, tests }: SamePictures, names: readonly string[]): string {
  const rows = names.map((name, place) => [name, numberText(accuracies[place])]);
  const lines = tests.map(
    ({ first, second, onlyFirst, onlySecond, pValue }) =>
      `${plainText(first)} and ${plainText(second)}: only the first is right on ${onlyFirst}, only the second on ${onlySecond}; ` +
      `p = ${formatNumber(pValue)} (McNemar, exact)`,
  );
  return [
    `On the ${numSamples} pictures of ${plainText(folder)}:`,
    table([["run", "accuracy"], ...rows]),
    ...lines,
  ].join("\n");
}

function shortened(value: unknown): string {
  if (value === undefined) return "-";
  const text = plainText(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength - 1)}…` : text;
}

function numberText(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(4);
}

function signed(value: number | undefined): string {
  if (value === undefined) return "-";
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}
