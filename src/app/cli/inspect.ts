// `sinter inspect`: what is in a run, in a file of tensors, in a model's description.

import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { inspectFile, type FileReport, type TensorFacts } from "#app/tasks/inspect-file.ts";
import { inspectRun, type RunReport } from "#app/tasks/inspect-run.ts";
import { createOutput, plainText, table, type Output } from "./output.ts";
import { formatNumber } from "./progress.ts";

/** A text of metadata is cut here: it may be megabytes long. */
const maxTextLength = 200;

/** Adds the command. */
export function addInspectCommand(program: Command): void {
  program
    .command("inspect")
    .description("show what is in a run, a .safetensors file or a model.json")
    .argument("<RUN|FILE>", "folder that sinter train wrote, or a file")
    .option("--json", "one JSON object on standard output")
    .action((path: string, { json = false }: { json?: boolean }) => inspect(path, createOutput(json)));
}

async function inspect(path: string, output: Output): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) {
    const report = await inspectRun(path);
    output.event({ kind: "run", ...report });
    if (!output.isJson) output.say(describeRun(report));
    return;
  }
  const report = await inspectFile(path);
  output.event(report);
  if (!output.isJson) output.say(describeFile(report));
}

function describeRun({ record, config, data, environment, scores, network, files }: RunReport): string {
  const state = `${plainText(record.run)}: ${record.state}${record.reason === undefined ? "" : `, ${plainText(record.reason)}`}`;
  const sizes = table([["file", "bytes"], ...files.map(({ name, bytes }) => [plainText(name), grouped(bytes)])]);
  return [
    state,
    section("config", config),
    ...(network === undefined ? [] : [network.summary]),
    ...(scores === undefined ? [] : [section("scores", scores)]),
    ...(data === undefined ? [] : [section("data", data)]),
    ...(environment === undefined ? [] : [section("environment", environment)]),
    sizes,
  ].join("\n\n");
}

function section(title: string, values: object): string {
  const lines = Object.entries(values).map(([name, value]) => `  ${plainText(name)}  ${shortened(value)}`);
  return [title, ...lines].join("\n");
}

function describeFile(report: FileReport): string {
  if (report.kind === "model") {
    const { model, file } = report;
    const { layers, ...rest } = model;
    const rows = layers.map(({ kind, options }, place) => `  ${place + 1}  ${plainText(kind)}  ${shortened(options)}`);
    return [`${plainText(file)}: a model`, section("description", rest), ["layers", ...rows].join("\n")].join("\n\n");
  }
  const { file, bytes, tensors, metadata } = report;
  const head = `${plainText(file)}: ${tensors.length} tensors, ${grouped(bytes)} bytes`;
  const rows = table([
    ["tensor", "dtype", "shape", "bytes", "min", "max", "mean", "not finite"],
    ...tensors.map(cells),
  ]);
  return [head, rows, ...(Object.keys(metadata).length === 0 ? [] : [section("metadata", metadata)])].join("\n\n");
}

function cells({ name, dtype, shape, bytes, min, max, mean, numNotFinite }: TensorFacts): string[] {
  const numbers = [min, max, mean].map((value) => (value === null ? "-" : formatNumber(value)));
  return [plainText(name), dtype, `[${shape.join(", ")}]`, grouped(bytes), ...numbers, String(numNotFinite)];
}

function shortened(value: unknown): string {
  const text = plainText(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}… (${text.length} characters)` : text;
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
