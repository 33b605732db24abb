// A recurrent layer of any cells, also several one above another.

import { SinterError } from "#engine/base/error.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { fold } from "#engine/tensor/random.ts";
import {
  weightsBelow,
  type CallContext,
  type Layer,
  type LayerOptions,
  type SampleType,
  type Weights,
} from "./layer.ts";
import { recurrent, type RecurrenceOptions, type RecurrentLayer } from "./recurrent.ts";
import { cellLayer, outputShape, type Cell, type CellLayer, type PreparedCell } from "./recurrent-cell.ts";

export interface RnnOptions extends RecurrenceOptions {
  /** `layers.lstmCell({ … })` or another cell; a list of them is stacked. */
  readonly cell: Layer | readonly Layer[];
}

/**
 * Cells run over [batch, time, ...]. Weights: those of the cells, of several each under `cell0/`, `cell1/` …
 * @source Keras 3, layers.RNN
 */
export function rnn(options: RnnOptions): RecurrentLayer {
  const { cell, ...others } = options;
  const cells = "config" in cell ? [cell] : [...cell];
  const [first, ...rest] = cells.map((one) => cellOf(one, "rnn"));
  if (first === undefined) throw new SinterError("option", "rnn: no cell came. Give one, or a list of them.");
  const configs = cells.map(({ config }) => config);
  return recurrent(rest.length === 0 ? first : stacked([first, ...rest]), others, {
    kind: "rnn",
    className: "RNN",
    known: ["cell"],
    config: { cell: "config" in cell ? cell.config : configs },
  });
}

export interface StackedRnnCellsOptions extends LayerOptions {
  readonly cells: readonly Layer[];
}

/** Cells one above another as one cell: each takes the output of the one below. @source Keras 3, layers.StackedRNNCells */
export function stackedRnnCells(options: StackedRnnCellsOptions): CellLayer {
  const { cells } = options;
  return cellLayer(stacked(cells.map((one) => cellOf(one, "stackedRnnCells"))), {
    kind: "stackedRnnCells",
    className: "StackedRNNCells",
    options,
    known: ["cells"],
    config: { cells: cells.map(({ config }) => config) },
  });
}

function cellOf(layer: Layer, where: string): Cell {
  if (isCellLayer(layer)) return layer.cell;
  throw new SinterError(
    "option",
    `${where}: ${layer.config.kind} is no cell. Use layers.lstmCell, gruCell or simpleRnnCell, or make one with cellLayer.`,
    { kind: layer.config.kind },
  );
}

function isCellLayer(layer: Layer): layer is CellLayer {
  return "cell" in layer;
}

/** The states of the cells from below to above. */
function stacked(cells: readonly Cell[]): Cell {
  return {
    weights: (input) =>
      inputsOf(cells, input).flatMap((own, number) =>
        (cells[number]?.weights(own) ?? []).map((spec) => ({ ...spec, name: `cell${number}/${spec.name}` })),
      ),
    states: (input, label) =>
      inputsOf(cells, input, label).flatMap((own, number) => cells[number]?.states(own, label) ?? []),
    output: (input, label) => {
      const last = cells.at(-1);
      return last === undefined ? input.shape : outputShape(last, inputsOf(cells, input, label).at(-1) ?? input, label);
    },
    prepare: (weights, input, batch, context) => prepareAll(cells, { weights, input, batch, context }),
  };
}

/** What each cell takes. */
function inputsOf(cells: readonly Cell[], input: SampleType, label = "rnn"): SampleType[] {
  const inputs = [input];
  for (const cell of cells.slice(0, -1)) {
    inputs.push({ shape: outputShape(cell, inputs.at(-1) ?? input, label), dtype: "f32" });
  }
  return inputs;
}

interface Preparation {
  readonly weights: Weights;
  readonly input: SampleType;
  readonly batch: number;
  readonly context: CallContext;
}

function prepareAll(cells: readonly Cell[], { weights, input, batch, context }: Preparation): PreparedCell {
  const types = inputsOf(cells, input);
  const prepared = cells.map((cell, number) => {
    const own = weightsBelow(weights, `cell${number}/`);
    const key = context.key === undefined ? undefined : fold(context.key, number);
    return cell.prepare(own, types[number] ?? input, batch, { ...context, key });
  });
  const counts = cells.map((cell, number) => cell.states(types[number] ?? input, "rnn").length);
  return {
    project: (x) => prepared[0]?.project(x) ?? x,
    step: (x, states) => stepAll(prepared, counts, x, states),
  };
}

function stepAll(
  prepared: readonly PreparedCell[],
  counts: readonly number[],
  x: Tensor,
  states: readonly Tensor[],
): { readonly output: Tensor; readonly states: readonly Tensor[] } {
  const left = [...states];
  const moved: Tensor[] = [];
  let output = x;
  prepared.forEach((cell, number) => {
    const own = left.splice(0, counts[number] ?? 0);
    const entered = number === 0 ? output : cell.project(output.expandDims(0)).squeeze(0);
    const result = cell.step(entered, own);
    ({ output } = result);
    moved.push(...result.states);
  });
  return { output, states: moved };
}
