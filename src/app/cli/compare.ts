// `sinter compare`: runs side by side.

import type { Command } from "commander";
import { compareRuns, type RunComparison, type SamePictures } from "#app/tasks/compare-runs.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice } from "#entry/node.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, plainText, table, type Output } from "./output.ts";
import { formatNumber, metricName } from "./progress.ts";
import type { CliTexts } from "./texts.ts";

interface CompareFlags {
  readonly on?: string;
  readonly json?: boolean;
}

/** A value is cut here: a list of classes may be long. */
const maxValueLength = 40;

/** Adds the command. */
export function addCompareCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("compare")
    .description(texts.commandCompare)
    .argument("<RUN>", texts.argumentRun)
    .argument("<RUN...>", texts.argumentOtherRuns)
    .option("--on <FOLDER>", texts.flagOn)
    .option("--json", texts.flagJsonObject)
    .action((first: string, others: string[], { on, json = false }: CompareFlags) =>
      compare([first, ...others], on, createOutput(json, texts)),
    );
}

async function compare(runs: readonly string[], on: string | undefined, output: Output): Promise<void> {
  const { texts } = output;
  const interrupt = new Interrupt(() => output.say(texts.stopping));
  try {
    const comparison = await compareRuns(runs, { on, signal: interrupt.signal });
    for (const { file, reason } of comparison.on?.broken ?? []) {
      process.stderr.write(`${fill(texts.leftOut, { file: plainText(file), reason: plainText(reason) })}\n`);
    }
    output.event(comparison);
    if (!output.isJson) output.say(describe(texts, comparison));
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

function describe(texts: CliTexts, { runs, differences, parts, scores, on }: RunComparison): string {
  const names = runs.map(plainText);
  const rows = differences.map(({ name, values }) => [plainText(name), ...values.map(shortened)]);
  const differing = rows.length === 0 ? texts.nothingDiffers : table([[texts.differs, ...names], ...rows]);
  const changeNames = names.slice(1).map((_, index) => fill(texts.differenceOf, { place: index + 2 }));
  const header = [texts.score, ...names, ...changeNames];
  const scoreRows = scores.map(({ name, values, differences: changes }) => [
    metricName(texts, name),
    ...values.map(numberText),
    ...changes.slice(1).map((change) => signed(change)),
  ]);
  const partRow = [texts.part, ...parts.map((part) => partName(texts, part)), ...changeNames.map(() => "")];
  const scored = scoreRows.length === 0 ? texts.noScores : table([header, partRow, ...scoreRows]);
  return [differing, scored, ...(on === undefined ? [] : [describePictures(texts, on, names)])].join("\n\n");
}

function partName(texts: CliTexts, part: string | undefined): string {
  if (part === "test") return texts.test;
  return part === "validation" ? texts.validation : (part ?? "-");
}

function describePictures(texts: CliTexts, pictures: SamePictures, names: readonly string[]): string {
  const { folder, numSamples, accuracies, tests } = pictures;
  const rows = names.map((name, place) => [name, numberText(accuracies[place])]);
  const lines = tests.map(({ first, second, onlyFirst, onlySecond, pValue }) =>
    fill(texts.pairTest, {
      first: plainText(first),
      second: plainText(second),
      onlyFirst,
      onlySecond,
      p: formatNumber(pValue),
    }),
  );
  return [
    fill(texts.onPictures, { count: numSamples, folder: plainText(folder) }),
    table([[texts.run, texts.accuracy], ...rows]),
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
