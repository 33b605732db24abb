// The table of a network that Keras prints: layers, output shapes, parameters, sums. Gives text, prints nothing.

import { sizeOf } from "#engine/base/shape.ts";
import type { Network, PlacedWeight } from "./network.ts";

export interface SummaryOptions {
  /** Width of the table; 76 as Keras in a terminal of 80 columns. */
  readonly lineLength?: number;
}

const columnEnds = [0.45, 0.8, 1];
const headers = ["Layer (type)", "Output Shape", "Param #"];

/**
 * Keras's summary of a network.
 * @param optimizerSizes elements of each of the optimizer's tensors, once it has any
 * @source Keras 3, utils/summary_utils.py
 */
export function summarize(
  name: string,
  network: Network,
  optimizerSizes: readonly number[] | undefined,
  options: SummaryOptions = {},
): string {
  const { lineLength = 76 } = options;
  const ends = columnEnds.map((share) => Math.floor(share * lineLength));
  const widths = fitWidths(
    ends.map((end, column) => end - (ends[column - 1] ?? 0)),
    lineLength,
  );
  const rows = network.layers
    .filter(({ layer }) => layer.className !== "InputLayer")
    .map(({ layer, name: layerName, output, weights }) => [
      `${layerName} (${layer.className})`,
      `(${["None", ...output.shape].join(", ")})`,
      grouped(countOf(weights)),
    ]);
  return [`Model: "${name}"`, ...table(rows, widths), ...sums(network, optimizerSizes), ""].join("\n");
}

/** Text columns take three less than their share, for the borders; what does not fit is taken from the widest. */
function fitWidths(asked: readonly number[], lineLength: number): number[] {
  const widths = [...asked];
  const available = lineLength - 1 - 3 * widths.length;
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function table(rows: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const rule = (left: string, middle: string, right: string, dash: string): string =>
    left + widths.map((width) => dash.repeat(width + 2)).join(middle) + right;
  const body = rows.flatMap((row, index) => [
    ...(index === 0 ? [] : [rule("├", "┼", "┤", "─")]),
    ...tableRow(row, widths, "│"),
  ]);
  return [
    rule("┏", "┳", "┓", "━"),
    ...tableRow(headers, widths, "┃"),
    rule("┡", "╇", "┩", "━"),
    ...body,
    rule("└", "┴", "┘", "─"),
  ];
}

function tableRow(cells: readonly string[], widths: readonly number[], border: string): string[] {
  const wrapped = cells.map((cell, column) => wrap(cell, widths[column] ?? 1));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const texts = widths.map((width, column) => {
      const text = wrapped[column]?.[line] ?? "";
      return column === widths.length - 1 ? text.padStart(width) : text.padEnd(width);
    });
    return `${border} ${texts.join(` ${border} `)} ${border}`;
  });
}

/** Words in lines of at most `width`; a longer word is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}

function sums(network: Network, optimizerSizes: readonly number[] | undefined): string[] {
  const trainable = countOf(network.weights.filter((weight) => weight.trainable));
  const frozen = countOf(network.weights) - trainable;
  const own = optimizerSizes?.reduce((sum, size) => sum + size, 0);
  const lines = [
    ` Total params: ${withBytes(trainable + frozen + (own ?? 0))}`,
    ` Trainable params: ${withBytes(trainable)}`,
    ` Non-trainable params: ${withBytes(frozen)}`,
  ];
  return own === undefined ? lines : [...lines, ` Optimizer params: ${withBytes(own)}`];
}

function countOf(weights: readonly PlacedWeight[]): number {
  return weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function withBytes(count: number): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let bytes = count * 4;
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${grouped(count)} (${bytes.toFixed(2)} ${units[unit]})`;
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
