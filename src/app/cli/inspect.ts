// `sinter inspect`: what is in a run, in a model, in a file of tensors.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { inspectFile, type FileReport, type TensorFacts } from "#app/tasks/inspect-file.ts";
import type { GraphFacts, OtherFacts } from "#app/tasks/inspect-other.ts";
import { inspectRun, type RunReport } from "#app/tasks/inspect-run.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { extents } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { createOutput, plainText, table, type Output } from "./output.ts";
import { formatNumber } from "./progress.ts";
import type { CliTexts } from "./texts.ts";

/** A text of metadata is cut here: it may be megabytes long. */
const maxTextLength = 200;

/** Adds the command. */
export function addInspectCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("inspect")
    .description(texts.commandInspect)
    .argument("<RUN|FILE>", texts.argumentRunOrFile)
    .option("--input-shape <N,...>", texts.flagInputShape, extents(texts))
    .option("--json", texts.flagJsonObject)
    .action((path: string, { inputShape, json = false }: InspectFlags) =>
      inspect(path, inputShape, createOutput(json, texts)),
    );
}

interface InspectFlags {
  readonly inputShape?: readonly number[];
  readonly json?: boolean;
}

async function inspect(path: string, inputShape: readonly number[] | undefined, output: Output): Promise<void> {
  if (await isRun(path)) {
    const report = await inspectRun(path);
    output.event({ kind: "run", ...report });
    if (!output.isJson) output.say(describeRun(output.texts, report));
    return;
  }
  const report = await inspectFile(path, { inputShape });
  output.event(report);
  if (!output.isJson) output.say(describeFile(output.texts, report));
}

/** A folder that is no model, or that has more of a run than its model. */
async function isRun(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return false;
  const has = async (name: string): Promise<boolean> =>
    (await stat(join(path, name)).catch(() => undefined)) !== undefined;
  if (await has("history.jsonl")) return true;
  return (
    !(await has("model.json")) && !(await has("model.safetensors")) && !(await has("model.safetensors.index.json"))
  );
}

function describeRun(texts: CliTexts, report: RunReport): string {
  const { record, config, data, environment, scores, network, files } = report;
  const names = { run: plainText(record.run), state: texts[record.state] };
  const state =
    record.reason === undefined
      ? fill(texts.runIs, names)
      : fill(texts.runIsBecause, { ...names, reason: plainText(record.reason) });
  const sizes = files.map(({ name, bytes }) => [plainText(name), grouped(bytes)]);
  return [
    state,
    section(texts, texts.config, config),
    ...(network === undefined ? [] : [network.summary]),
    ...(scores === undefined ? [] : [section(texts, texts.scores, scores)]),
    ...(data === undefined ? [] : [section(texts, texts.data, data)]),
    ...(environment === undefined ? [] : [section(texts, texts.environment, environment)]),
    table([[texts.file, texts.bytes], ...sizes]),
  ].join("\n\n");
}

function section(texts: CliTexts, title: string, values: object): string {
  const lines = Object.entries(values).map(([name, value]) => `  ${plainText(name)}  ${shortened(texts, value)}`);
  return [title, ...lines].join("\n");
}

function describeFile(texts: CliTexts, report: FileReport): string {
  const file = plainText(report.file);
  if (report.kind === "model") {
    const { layers, ...rest } = report.model;
    const rows = layers.map(
      ({ kind, options }, place) => `  ${place + 1}  ${plainText(kind)}  ${shortened(texts, options)}`,
    );
    const lists = [section(texts, texts.description, rest), [texts.layers, ...rows].join("\n")];
    return [fill(texts.isModel, { file }), ...lists].join("\n\n");
  }
  const { bytes, format } = report;
  if (report.kind === "network") {
    const { summary, flops } = report;
    const facts = { file, format, bytes: grouped(bytes), flops: grouped(flops) };
    return [fill(texts.isNetwork, facts), plainLines(summary)].join("\n\n");
  }
  if (report.kind !== "tensors") return describeOther(texts, report);
  const { tensors, metadata, reason } = report;
  const { tensor, dtype, shape, min, max, mean, notFinite } = texts;
  return [
    fill(texts.holdsTensors, { file, format, numTensors: tensors.length, bytes: grouped(bytes) }),
    ...(reason === undefined ? [] : [fill(texts.isNoModel, { reason: plainText(reason) })]),
    table([[tensor, dtype, shape, texts.bytes, min, max, mean, notFinite], ...tensors.map(cells)]),
    ...(Object.keys(metadata).length === 0 ? [] : [section(texts, texts.metadata, metadata)]),
  ].join("\n\n");
}

function describeOther(texts: CliTexts, report: FileReport & OtherFacts): string {
  const facts = { file: plainText(report.file), format: report.format, bytes: grouped(report.bytes) };
  if (report.kind === "table") {
    const rows = report.columns.map(({ name, dtype, numMissing }) => [plainText(name), dtype, grouped(numMissing)]);
    const title = fill(texts.holdsRows, { ...facts, numRows: grouped(report.numRows), numColumns: rows.length });
    return [title, table([[texts.column, texts.dtype, texts.missingValues], ...rows])].join("\n\n");
  }
  if (report.kind === "events") {
    const rows = report.tags.map(({ tag, kind, count, lastStep }) => [
      plainText(tag),
      kind,
      grouped(count),
      grouped(lastStep),
    ]);
    const title = fill(texts.holdsEvents, { ...facts, numEvents: grouped(report.numEvents) });
    return [title, table([[texts.tag, texts.kind, texts.events, texts.lastStep], ...rows])].join("\n\n");
  }
  return describeGraph(texts, report, facts);
}

function describeGraph(texts: CliTexts, report: GraphFacts, facts: Readonly<Record<string, string>>): string {
  const { inputs, outputs, operators, numWeights, numNodes, opset = "?", producer, metadata } = report;
  const { flops, sizes, inputShapes, numUnknown, nodes, initializers } = report;
  const ends = { inputs: inputs.map(endText).join(", "), outputs: outputs.map(endText).join(", ") };
  return [
    fill(texts.isGraph, { ...facts, numNodes: grouped(numNodes), numWeights: grouped(numWeights) }),
    [
      fill(texts.graphFlops, { flops: grouped(flops), shapes: shapesText(inputShapes) }),
      ...(Object.keys(sizes).length === 0 ? [] : [fill(texts.graphSizes, { sizes: sizesText(sizes) })]),
      ...(numUnknown === 0 ? [] : [fill(texts.graphUnknown, { numUnknown: grouped(numUnknown) })]),
    ].join("\n"),
    section(texts, texts.description, { ...ends, opset: String(opset), producer, operators }),
    table([[texts.node, texts.shape, texts.weights, texts.flops], ...nodes.map(nodeCells)]),
    table([[texts.tensor, texts.dtype, texts.shape, texts.bytes], ...initializers.map(initializerCells)]),
    ...(Object.keys(metadata).length === 0 ? [] : [section(texts, texts.metadata, metadata)]),
  ].join("\n\n");
}

function shapesText(shapes: GraphFacts["inputShapes"]): string {
  return Object.entries(shapes)
    .map(([name, shape]) => `${plainText(name)} [${shape.join(", ")}]`)
    .join(", ");
}

function sizesText(sizes: GraphFacts["sizes"]): string {
  return Object.entries(sizes)
    .map(([name, size]) => `${plainText(name)} = ${size}`)
    .join(", ");
}

function nodeCells({ name, operator, shape, numWeights, flops }: GraphFacts["nodes"][number]): string[] {
  const label = name === "" ? operator : `${name} (${operator})`;
  return [plainText(label), shape === undefined ? "?" : `[${shape.join(", ")}]`, grouped(numWeights), flopsText(flops)];
}

function flopsText(flops: number | undefined): string {
  return flops === undefined ? "?" : grouped(flops);
}

function initializerCells({ name, dtype, shape, bytes }: GraphFacts["initializers"][number]): string[] {
  return [plainText(name), dtype, `[${shape.join(", ")}]`, grouped(bytes)];
}

function endText({ name, type, shape }: GraphFacts["inputs"][number]): string {
  return `${name} ${type} [${(shape ?? ["?"]).map((extent) => extent ?? "?").join(", ")}]`;
}

/** Names of layers are a file's own words. */
function plainLines(text: string): string {
  return text.split("\n").map(plainText).join("\n");
}

function cells({ name, dtype, shape, bytes, min, max, mean, numNotFinite }: TensorFacts): string[] {
  const numbers = [min, max, mean].map((value) => (value === null ? "-" : formatNumber(value)));
  return [plainText(name), dtype, `[${shape.join(", ")}]`, grouped(bytes), ...numbers, String(numNotFinite)];
}

function shortened(texts: CliTexts, value: unknown): string {
  const text = plainText(typeof value === "string" ? value : JSON.stringify(value));
  if (text.length <= maxTextLength) return text;
  return fill(texts.shortened, { text: text.slice(0, maxTextLength), length: text.length });
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
