// `sinter lr-find`: the learning-rate range test, its curve and its suggestion.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { findImageLearningRate, rateCurveText, roundedRate, type FindRateOptions } from "#app/tasks/find-rate.ts";
import { fitCurve, rateChart, type FittedCurve } from "#app/tasks/rate-chart.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice, platform, SinterError, useDevice, type LearningRateCurve } from "#entry/node.ts";
import { positive, wholeNumber } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { Interrupt } from "./interrupt.ts";
import { createOutput, padded, plainText, type Output } from "./output.ts";
import { formatNumber } from "./progress.ts";
import type { CliTexts } from "./texts.ts";
import { addDataFlags, addDeviceFlags, addModelFlags, augmentOf, modelOf, type SharedFlags } from "./train-flags.ts";

interface RateFlags extends SharedFlags {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly out?: string;
  readonly json?: boolean;
}

const [chartRows, chartColumns] = [12, 64];
const labelWidth = 13;
const files = { json: "lr-find.json", svg: "lr-find.svg" };

/** Adds the command. */
export function addRateCommand(program: Command, { texts }: CommandContext): void {
  const command = program.command("lr-find").description(texts.commandRate).argument("<FOLDER>", texts.argumentFolder);
  addDataFlags(command, texts);
  addModelFlags(command, texts);
  addDeviceFlags(command, texts)
    .option("--from <RATE>", texts.flagRateFrom, positive(texts), 1e-7)
    .option("--to <RATE>", texts.flagRateTo, positive(texts), 10)
    .option("--steps <N>", texts.flagRateSteps, wholeNumber(texts, 2), 100)
    .option("--out <FOLDER>", fill(texts.flagRateOut, files))
    .option("--json", texts.flagJsonObject)
    .action((folder: string, flags: RateFlags) => find(folder, flags, texts));
}

async function find(folder: string, flags: RateFlags, texts: CliTexts): Promise<void> {
  const { device, threads, json = false, out, model, augment, cache, ...rest } = flags;
  const output = createOutput(json, texts);
  if (out !== undefined) await checkIsFree(texts, out);
  const own = {
    folder,
    diskCache: cache,
    model: await modelOf(texts, model),
    augment: await augmentOf(texts, augment),
  };
  await useDevice(device, threads === undefined ? {} : { threads });
  const interrupt = new Interrupt(() => output.say(texts.stoppingStep));
  try {
    const options: FindRateOptions = { ...rest, ...own, signal: interrupt.signal };
    const curve = await findImageLearningRate(options);
    if (out !== undefined) await write(texts, out, curve);
    show(output, curve, out);
  } finally {
    interrupt[Symbol.dispose]();
    await closeDevice();
  }
}

/** @throws option when there is something that would be written over */
async function checkIsFree(texts: CliTexts, out: string): Promise<void> {
  const found = await Promise.all(
    [out, join(out, files.json), join(out, files.svg)].map((path) => stat(path).catch(() => undefined)),
  );
  const isTaken =
    (found[0] !== undefined && !found[0].isDirectory()) || found[1] !== undefined || found[2] !== undefined;
  if (!isTaken) return;
  throw new SinterError("option", fill(texts.outIsTaken, { out }), { out });
}

async function write(texts: CliTexts, out: string, curve: LearningRateCurve): Promise<void> {
  try {
    const { files: system } = platform();
    await system.makeFolder(out);
    await system.writeAtomically(join(out, files.json), rateCurveText(curve));
    if (curve.points.length > 0) await system.writeAtomically(join(out, files.svg), rateChart(curve));
  } catch (error) {
    throw new SinterError("file", fill(texts.outNotWritable, { out }), { out }, error);
  }
}

function show(output: Output, curve: LearningRateCurve, out: string | undefined): void {
  const { texts } = output;
  output.event(curve);
  if (curve.points.length > 1) output.say(drawCurve(fitCurve(curve)));
  const { steep, minimum } = curve.suggestions;
  if (curve.suggestion === undefined) {
    output.say(texts.noSuggestion);
  } else {
    const rateText = (rate: number | undefined): string => (rate === undefined ? "-" : formatNumber(rate));
    const others = { steep: rateText(steep), minimum: rateText(minimum) };
    output.say(`${padded(texts.suggestion, labelWidth)}--learning-rate ${roundedRate(curve.suggestion)}`);
    output.say(`${padded(texts.also, labelWidth)}${fill(texts.otherRates, others)}`);
  }
  if (out === undefined) return;
  output.say(fill(texts.curveIsIn, { json: plainText(join(out, files.json)), svg: files.svg }));
}

/** The curve in characters, a bar below the suggestion. */
export function drawCurve({ points, rates, losses, suggestionX }: FittedCurve): string {
  const cells = Array.from({ length: chartRows }, () => Array.from({ length: chartColumns }, () => " "));
  const columnOf = (x: number): number => Math.min(chartColumns - 1, Math.max(0, Math.round(x * (chartColumns - 1))));
  for (const row of suggestionX === undefined ? [] : cells) row[columnOf(suggestionX ?? 0)] = "┊";
  for (const { x, y } of points) {
    const row = cells[Math.round((1 - y) * (chartRows - 1))];
    if (row !== undefined) row[columnOf(x)] = "•";
  }
  const labels = [losses[1], ...Array.from({ length: chartRows - 2 }, () => undefined), losses[0]];
  const lines = cells.map(
    (row, index) => (labels[index]?.toPrecision(3) ?? "").padStart(8) + ` │${row.join("").trimEnd()}`,
  );
  const [from, to] = rates.map((rate) => rate.toExponential(0));
  const axis = `${" ".repeat(9)}└${"─".repeat(chartColumns)}`;
  const ends = `${" ".repeat(10)}${from ?? ""}${(to ?? "").padStart(chartColumns - (from ?? "").length)}`;
  return [...lines, axis, ends].join("\n");
}
