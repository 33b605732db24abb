// The table of a network that Keras prints: layers, output shapes, parameters, sums. Gives text, prints nothing.

import { byteSize } from "#engine/base/dtype.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Network, PlacedWeight } from "./network.ts";

export interface SummaryOptions {
  /** Width of the table; as Keras in a wide terminal 88, or 108 for a network with branches. */
  readonly lineLength?: number;
}

/** Where columns end, as shares of the line. */
const ends = { row: [0.45, 0.8, 1], graph: [0.3, 0.56, 0.74, 1] };
const headers = ["Layer (type)", "Output Shape", "Param #", "Connected to"];
const countColumn = 2;

/**
 * Keras's summary of a network.
 * @param optimizerSizes elements of each of the optimizer's variables, once it has any
 * @source Keras 3, utils/summary_utils.py
 */
export function summarize(
  name: string,
  network: Network,
  optimizerSizes: readonly number[] | undefined,
  options: SummaryOptions = {},
): string {
  const isRow = isInRow(network);
  const { lineLength = isRow ? 88 : 108 } = options;
  const columnEnds = (isRow ? ends.row : ends.graph).map((share) => Math.floor(share * lineLength));
  const widths = fitWidths(
    columnEnds.map((end, column) => end - (columnEnds[column - 1] ?? 0)),
    lineLength,
  );
  const rows = network.layers.flatMap((placed, place) => {
    const { layer, name: layerName, output, weights } = placed;
    if (network.isSequential && layer.className === "InputLayer") return [];
    const cells = [
      `${layerName} (${layer.className})`,
      `(${["None", ...output.shape].join(", ")})`,
      grouped(countOf(weights)),
    ];
    return [isRow ? cells : [...cells, connections(network, place)]];
  });
  return [`Model: "${name}"`, ...table(rows, widths), ...sums(network, optimizerSizes), ""].join("\n");
}

/** Whether each layer is called once, with the value of the one before. */
function isInRow({ calls }: Network): boolean {
  return calls.every(({ layer, inputs }, place) => layer === place && inputs.every((taken) => taken === place - 1));
}

/** Whose values the calls of a layer take: `dense[1][0]` is the first value of the second call of dense. */
function connections({ layers, calls }: Network, place: number): string {
  const values = calls.flatMap(({ layer, outputs }, call) => outputs.map((_, output) => ({ layer, call, output })));
  const taken = calls.flatMap(({ layer, inputs }) => (layer === place ? inputs : []));
  const names = taken.map((number) => {
    const { layer = 0, call = 0, output = 0 } = values[number] ?? {};
    const callNumber = calls.slice(0, call).filter((earlier) => earlier.layer === layer).length;
    return `${layers[layer]?.name ?? ""}[${callNumber}][${output}]`;
  });
  return names.length === 0 ? "-" : names.join(", ");
}

/**
 * What the borders need is taken from all columns alike, from left to right.
 * @source rich, ratio_reduce, which Keras's table is laid out by
 */
function fitWidths(asked: readonly number[], lineLength: number): number[] {
  let excess = asked.reduce((sum, width) => sum + width, 0) - (lineLength - 1 - 3 * asked.length);
  return asked.map((width, column) => {
    const taken = roundHalfEven(excess / (asked.length - column));
    excess -= taken;
    return width - taken;
  });
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
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
    ...tableRow(headers.slice(0, widths.length), widths, "┃"),
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
      return column === countColumn ? text.padStart(width) : text.padEnd(width);
    });
    return `${border} ${texts.join(` ${border} `)} ${border}`;
  });
}

/** Words in lines of at most `width`; of a longer word the begin. */
function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
  }
  return [...lines, line].map((text) => (text.length > width ? `${text.slice(0, width - 1)}…` : text));
}

function sums(network: Network, optimizerSizes: readonly number[] | undefined): string[] {
  const isTrained = ({ trainable }: PlacedWeight): boolean => trainable;
  const trainable = amountOf(network.weights.filter(isTrained));
  const frozen = amountOf(network.weights.filter((weight) => !isTrained(weight)));
  const count = optimizerSizes?.reduce((sum, size) => sum + size, 0) ?? 0;
  const own = { count, bytes: count * 4 };
  const lines = [
    ` Total params: ${withBytes(trainable, frozen, own)}`,
    ` Trainable params: ${withBytes(trainable)}`,
    ` Non-trainable params: ${withBytes(frozen)}`,
  ];
  return optimizerSizes === undefined ? lines : [...lines, ` Optimizer params: ${withBytes(own)}`];
}

interface Amount {
  readonly count: number;
  readonly bytes: number;
}

function amountOf(weights: readonly PlacedWeight[]): Amount {
  return { count: countOf(weights), bytes: sumOf(weights, ({ dtype = "f32" }) => byteSize(dtype)) };
}

function countOf(weights: readonly PlacedWeight[]): number {
  return sumOf(weights, () => 1);
}

function sumOf(weights: readonly PlacedWeight[], each: (weight: PlacedWeight) => number): number {
  return weights.reduce((sum, weight) => sum + sizeOf(weight.shape) * each(weight), 0);
}

function withBytes(...amounts: readonly Amount[]): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let bytes = amounts.reduce((sum, one) => sum + one.bytes, 0);
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${grouped(amounts.reduce((sum, { count }) => sum + count, 0))} (${bytes.toFixed(2)} ${units[unit]})`;
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
