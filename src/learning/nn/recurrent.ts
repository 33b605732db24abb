// Recurrent layers: a cell run over the steps of a sequence. The loop is one of the device; no JavaScript runs between steps.

import { SinterError } from "#engine/base/error.ts";
import { integer, type ConfigValue } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { zeros, zerosLike } from "#engine/tensor/create.ts";
import { where } from "#engine/tensor/math.ts";
import { scan } from "#engine/tensor/scan.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { withoutUndefined } from "./dense.ts";
import { checkGru, gruCellOf, gruOptions, type GruCellOptions } from "./gru-cell.ts";
import {
  makeLayer,
  stepOf,
  weightOf,
  type CallContext,
  type Layer,
  type LayerOptions,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { checkLstm, lstmCellOf, lstmOptions, type LstmCellOptions } from "./lstm-cell.ts";
import { outputShape, type Cell, type CellResult, type PreparedCell } from "./recurrent-cell.ts";
import { checkSimpleRnn, simpleRnnCellOf, simpleRnnOptions, type SimpleRnnCellOptions } from "./simple-rnn-cell.ts";

/** How a cell is run over time; names and defaults as in Keras. */
export interface RecurrenceOptions extends LayerOptions {
  /** Whether the output of every step comes, [batch, time, ...], and not the last alone. */
  readonly returnSequences?: boolean;
  /** Whether the last states come as further values; see `applyAll`. */
  readonly returnState?: boolean;
  /** From the last step to the first; the outputs come in the order in which they are made. */
  readonly goBackwards?: boolean;
  /** Whether a batch begins with the states in which the one before ended; then `batchSize` is needed. */
  readonly stateful?: boolean;
  /** Samples of each batch, of a stateful layer. */
  readonly batchSize?: number | undefined;
  /** Of masked steps the output is 0, and not the one before. */
  readonly zeroOutputForMask?: boolean;
  /** Taken for Keras's sake: every loop here is compiled. */
  readonly unroll?: boolean;
}

const recurrenceOptions = [
  "returnSequences",
  "returnState",
  "goBackwards",
  "stateful",
  "batchSize",
  "zeroOutputForMask",
  "unroll",
];

/** How a cell is run over time. */
export type Recurrence = {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly batchSize: number | undefined;
  readonly zeroOutputForMask: boolean;
  readonly unroll: boolean;
};

function checkRecurrence(where: string, options: RecurrenceOptions): Recurrence {
  const { stateful = false, batchSize } = options;
  if (stateful && batchSize === undefined) {
    throw new SinterError("option", `${where}: stateful needs the size of the batches. Give batchSize.`);
  }
  return {
    returnSequences: options.returnSequences ?? false,
    returnState: options.returnState ?? false,
    goBackwards: options.goBackwards ?? false,
    stateful,
    batchSize: batchSize === undefined ? undefined : integer(where, "batchSize", batchSize),
    zeroOutputForMask: options.zeroOutputForMask ?? false,
    unroll: options.unroll ?? false,
  };
}

/** A layer that goes over time. It takes x, or [x, ...first states]. */
export interface RecurrentLayer extends Layer {
  readonly recurrence: Recurrence;
  /** The same layer with some of it otherwise. */
  withRecurrence(changes: Partial<Recurrence> & { readonly name?: string }): RecurrentLayer;
}

export interface LstmOptions extends LstmCellOptions, RecurrenceOptions {}
export interface GruOptions extends GruCellOptions, RecurrenceOptions {}
export interface SimpleRnnOptions extends SimpleRnnCellOptions, RecurrenceOptions {}

/**
 * Long short-term memory over [batch, time, inputs]; the states are h and c. See `lstmCell` for the step and the weights.
 * Cost: 8 · units · (inputs + units) flops a step.
 * @source Hochreiter and Schmidhuber 1997; Keras 3, layers.LSTM
 */
export function lstm(options: LstmOptions): RecurrentLayer {
  const config = checkLstm("lstm", options);
  return recurrent(lstmCellOf(config), options, { kind: "lstm", className: "LSTM", known: lstmOptions, config });
}

/**
 * Gated recurrent unit over [batch, time, inputs]; the state is h. See `gruCell` for the step and the weights.
 * Cost: 6 · units · (inputs + units) flops a step.
 * @source Cho et al. 2014; Keras 3, layers.GRU
 */
export function gru(options: GruOptions): RecurrentLayer {
  const config = checkGru("gru", options);
  return recurrent(gruCellOf(config), options, { kind: "gru", className: "GRU", known: gruOptions, config });
}

/**
 * Plain recurrence over [batch, time, inputs]: h' = tanh(x · kernel + h · recurrentKernel + bias).
 * @source Elman 1990; Keras 3, layers.SimpleRNN
 */
export function simpleRnn(options: SimpleRnnOptions): RecurrentLayer {
  const config = checkSimpleRnn("simpleRnn", options);
  const parts = { kind: "simpleRnn", className: "SimpleRNN", known: simpleRnnOptions, config };
  return recurrent(simpleRnnCellOf(config), options, parts);
}

/** What a recurrent layer is beside its cell. */
export interface RecurrentParts {
  readonly kind: string;
  readonly className: string;
  /** Names of the cell's options. */
  readonly known: readonly string[];
  /** The cell's options with defaults filled in. */
  readonly config: { readonly [name: string]: ConfigValue };
  readonly numSpatialAxes?: number;
}

/** The layer that runs a cell over time. */
export function recurrent(cell: Cell, options: RecurrenceOptions, parts: RecurrentParts): RecurrentLayer {
  const recurrence = checkRecurrence(parts.kind, options);
  const run = new Run(cell, recurrence);
  const layer = makeLayer({
    kind: parts.kind,
    className: parts.className,
    options,
    known: [...parts.known, ...recurrenceOptions],
    numSpatialAxes: parts.numSpatialAxes,
    config: { ...withoutUndefined(parts.config), ...withoutUndefined(recurrence) },
    weights: (inputs) => run.weights(stepOf(inputs[0], parts.kind)),
    outputTypes: (inputs, label) => run.outputTypes(inputs, label),
    call: (weights, inputs, context) => run.call(weights, inputs, context),
  });
  return {
    ...layer,
    recurrence,
    withRecurrence: (changes) => recurrent(cell, { ...options, ...changes }, parts),
  };
}

interface Carried {
  readonly states: readonly Tensor[];
  /** The last output that counts, where it is not the first state. */
  readonly output?: Tensor | undefined;
}

/** A cell and how it is run. */
class Run {
  readonly #cell: Cell;
  readonly #recurrence: Recurrence;

  constructor(cell: Cell, recurrence: Recurrence) {
    this.#cell = cell;
    this.#recurrence = recurrence;
  }

  weights(step: SampleType): WeightSpec[] {
    const { stateful, batchSize = 1 } = this.#recurrence;
    const states = stateful ? this.#cell.states(step, "stateful") : [];
    return [
      ...this.#cell.weights(step),
      ...states.map((shape, number) => ({
        name: stateName(number),
        shape: [batchSize, ...shape],
        initializer: { kind: "constant", value: 0 } as const,
        trainable: false,
        isCarried: true,
      })),
    ];
  }

  outputTypes(inputs: readonly SampleType[], label: string): readonly SampleType[] {
    const { returnSequences, returnState } = this.#recurrence;
    const step = stepOf(inputs[0], label);
    const states = this.#cell.states(step, label);
    checkStates(inputs.slice(1), states, label);
    const single = outputShape(this.#cell, step, label);
    const output = returnSequences ? [inputs[0]?.shape[0] ?? 0, ...single] : single;
    return [output, ...(returnState ? states : [])].map((shape) => ({ shape, dtype: "f32" }));
  }

  call(weights: Weights, [x, ...given]: readonly Tensor[], context: CallContext): ReturnType<Layer["call"]> {
    if (x === undefined) throw new SinterError("shape", "recurrent: no input came. Apply it to a sequence.");
    const { returnSequences, returnState, goBackwards, stateful } = this.#recurrence;
    const step = { shape: x.shape.slice(2), dtype: x.dtype };
    const [batch = 1] = x.shape;
    const prepared = this.#cell.prepare(weights, step, batch, context);
    const shapes = this.#cell.states(step, "recurrent");
    const initial =
      given.length > 0 ? given : shapes.map((shape, number) => this.#initial(weights, number, batch, shape));
    const before = this.#firstOutput(step, batch, context.mask);
    const begin = before === undefined ? { states: initial } : { states: initial, output: before };
    const { carry, outputs } = this.#over(prepared, timeFirst(x.cast("f32")), begin, context.mask);
    const state = Object.fromEntries(carry.states.map((value, number) => [stateName(number), value]));
    const last = carry.output ?? carry.states[0];
    const sequence = outputs === undefined ? undefined : timeFirst(goBackwards ? outputs.reverse([0]) : outputs);
    const output = returnSequences ? sequence : last;
    if (output === undefined) throw new SinterError("state", "recurrent: the cell has no state. Give it one.");
    return {
      outputs: [output, ...(returnState ? carry.states : [])],
      ...(stateful ? { state } : {}),
      ...(returnSequences && context.mask !== undefined ? { masks: [context.mask] } : {}),
    };
  }

  #initial(weights: Weights, number: number, batch: number, shape: Shape): Tensor {
    if (!this.#recurrence.stateful) return zeros([batch, ...shape]);
    const { batchSize = 1 } = this.#recurrence;
    if (batch === batchSize) return weightOf(weights, stateName(number));
    throw new SinterError(
      "shape",
      `A stateful layer takes batches of ${batchSize}, but ${batch} samples came. Give a multiple of ${batchSize} samples.`,
      { batch, batchSize },
    );
  }

  /** What stands for the output before the first step, where one is carried on. */
  #firstOutput(step: SampleType, batch: number, mask: Tensor | undefined): Tensor | undefined {
    const isState = this.#cell.output === undefined;
    if (mask === undefined && (isState || this.#recurrence.returnSequences)) return undefined;
    return zeros([batch, ...outputShape(this.#cell, step, "recurrent")]);
  }

  /** @param xs [time, batch, ...] @returns outputs [time, batch, ...] in the order of time, where they are asked for */
  #over(
    prepared: PreparedCell,
    xs: Tensor,
    begin: Carried,
    mask: Tensor | undefined,
  ): { readonly carry: Carried; readonly outputs: Tensor | undefined } {
    const { returnSequences, goBackwards: reverse } = this.#recurrence;
    const projected = prepared.project(xs);
    if (mask === undefined) {
      const body = (carry: Carried, x: Tensor) => {
        const { output, states } = prepared.step(x, carry.states);
        const moved = begin.output === undefined ? { states } : { states, output };
        return { carry: moved, output: returnSequences ? output : undefined };
      };
      return scan(body, begin, projected, { reverse });
    }
    const counts = mask.transpose([1, 0]);
    const body = (carry: Carried, { x, counted }: { readonly x: Tensor; readonly counted: Tensor }) => {
      const moved: Carried = this.#masked(carry, prepared.step(x, carry.states), counted);
      return { carry: moved, output: returnSequences ? moved.output : undefined };
    };
    return scan(body, begin, { x: projected, counted: counts }, { reverse });
  }

  /** Steps that do not count leave the states as they were. @param counted [batch] */
  #masked(carry: Carried, { output, states }: CellResult, counted: Tensor): Carried {
    const chosen = (value: Tensor, other: Tensor): Tensor =>
      where(counted.reshape([counted.shape[0] ?? 1, ...value.shape.slice(1).map(() => 1)]), value, other);
    const before = this.#recurrence.zeroOutputForMask ? undefined : carry.output;
    return {
      states: states.map((state, number) => chosen(state, carry.states[number] ?? state)),
      output: chosen(output, before ?? zerosLike(output)),
    };
  }
}

function stateName(number: number): string {
  return number === 0 ? "rnnState" : `rnnState${number}`;
}

/** [batch, time, ...] to [time, batch, ...], or back. */
function timeFirst(x: Tensor): Tensor {
  return x.transpose([1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)]);
}

function checkStates(given: readonly SampleType[], states: readonly Shape[], label: string): void {
  if (given.length === 0) return;
  const fits = states.every((shape, number) => shape.join() === given[number]?.shape.join());
  if (fits && given.length === states.length) return;
  throw new SinterError(
    "shape",
    `${label}: first states ${given.map(({ shape }) => `[batch, ${shape.join(", ")}]`).join(", ")} came, expected ` +
      `${states.map((shape) => `[batch, ${shape.join(", ")}]`).join(", ")}. Give one for each state, or none.`,
    { states },
  );
}
