// What one step of a recurrent layer is: a cell with weights and states. Never loops over time.

import { SinterError } from "#engine/base/error.ts";
import { integer, numberWithin } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { bernoulli, fold } from "#engine/tensor/random.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { checkActivation, type Activation } from "./activations.ts";
import { constraint, type Constraint, type ConstraintName } from "./constraints.ts";
import { initializer, type Initializer, type InitializerName } from "./initializers.ts";
import {
  makeLayer,
  type CallContext,
  type Layer,
  type LayerOptions,
  type LayerParts,
  type SampleType,
  type Weights,
  type WeightSpec,
} from "./layer.ts";
import { regularizer, type Regularizer, type RegularizerName } from "./regularizers.ts";

/** What a step gives. */
export interface CellResult {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

/** A cell whose weights and noise are there, for one call of a layer. */
export interface PreparedCell {
  /** What of the inputs alone enters the steps, of all steps at once: x [steps, batch, ...] to [steps, batch, ...]. */
  project(x: Tensor): Tensor;
  /** @param x one step of what `project` gave @param states as many as the cell has */
  step(x: Tensor, states: readonly Tensor[]): CellResult;
}

/** One step of a recurrent layer. */
export interface Cell {
  weights(input: SampleType): readonly WeightSpec[];
  /** Shapes of a sample's states. @throws shape where the input does not fit */
  states(input: SampleType, label: string): readonly Shape[];
  /** Shape of a sample's output; left out where the output is the first state. */
  output?(input: SampleType, label: string): Shape;
  /** @param batch number of samples, for noise that stays the same over the steps */
  prepare(weights: Weights, input: SampleType, batch: number, context: CallContext): PreparedCell;
}

/** A layer that is one step: it takes [x, ...states] and gives [output, ...states]. */
export interface CellLayer extends Layer {
  readonly cell: Cell;
}

/** What a step gives for one sample. */
export function outputShape(cell: Cell, input: SampleType, label: string): Shape {
  return cell.output?.(input, label) ?? cell.states(input, label)[0] ?? [];
}

/** The layer of a cell: `layers.rnn` runs it over the steps of its input. */
export function cellLayer(cell: Cell, parts: Omit<LayerParts, "weights" | "outputTypes" | "call">): CellLayer {
  const inputOf = ([input]: readonly SampleType[]): SampleType => {
    if (input !== undefined) return input;
    throw new SinterError("shape", `${parts.kind}: no input came. Apply it to [x, ...states].`);
  };
  const layer = makeLayer({
    ...parts,
    weights: (inputs) => cell.weights(inputOf(inputs)),
    outputTypes: (inputs, label) => {
      const input = inputOf(inputs);
      return [outputShape(cell, input, label), ...cell.states(input, label)].map((shape) => ({ shape, dtype: "f32" }));
    },
    call: (weights, [x, ...states], context) => {
      if (x === undefined) throw new SinterError("shape", `${parts.kind}: no input came. Apply it to [x, ...states].`);
      const prepared = cell.prepare(weights, { shape: x.shape.slice(1), dtype: x.dtype }, x.shape[0] ?? 1, context);
      const { output, states: moved } = prepared.step(prepared.project(x.expandDims(0)).squeeze(0), states);
      return { outputs: [output, ...moved] };
    },
  });
  return { ...layer, cell };
}

/** Options of gated cells; names and defaults as in Keras. */
export interface CellOptions extends LayerOptions {
  readonly activation?: Activation | null;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitializerName | Initializer;
  readonly recurrentInitializer?: InitializerName | Initializer;
  readonly biasInitializer?: InitializerName | Initializer;
  readonly kernelRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly recurrentRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly biasRegularizer?: RegularizerName | Regularizer | null | undefined;
  readonly kernelConstraint?: ConstraintName | Constraint | null | undefined;
  readonly recurrentConstraint?: ConstraintName | Constraint | null | undefined;
  readonly biasConstraint?: ConstraintName | Constraint | null | undefined;
  /** Share of the inputs that become 0 when training, the same ones in every step. */
  readonly dropout?: number;
  /** Share of the states that become 0 when training, the same ones in every step, others for each gate. */
  readonly recurrentDropout?: number;
  readonly seed?: number | undefined;
}

/** Options of cells with gates. */
export interface GateOptions {
  /** Of the gates; "sigmoid" by default. */
  readonly recurrentActivation?: Activation | null;
}

export const cellOptions: readonly string[] = [
  "activation",
  "useBias",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "recurrentRegularizer",
  "biasRegularizer",
  "kernelConstraint",
  "recurrentConstraint",
  "biasConstraint",
  "dropout",
  "recurrentDropout",
  "seed",
];

/** The options with Keras's defaults. */
export type CellConfig = {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly recurrentInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | undefined;
  readonly recurrentRegularizer: Regularizer | undefined;
  readonly biasRegularizer: Regularizer | undefined;
  readonly kernelConstraint: Constraint | undefined;
  readonly recurrentConstraint: Constraint | undefined;
  readonly biasConstraint: Constraint | undefined;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
};

/** @throws option naming the right one */
export function checkCellOptions(where: string, options: CellOptions): CellConfig {
  const { seed } = options;
  if (seed !== undefined) integer(where, "seed", seed, 0);
  return {
    activation: checkActivation(where, options.activation === undefined ? "tanh" : options.activation),
    useBias: options.useBias ?? true,
    kernelInitializer: initializer(where, "kernelInitializer", options.kernelInitializer, "glorotUniform"),
    recurrentInitializer: initializer(where, "recurrentInitializer", options.recurrentInitializer, "orthogonal"),
    biasInitializer: initializer(where, "biasInitializer", options.biasInitializer, "zeros"),
    kernelRegularizer: regularizer(where, "kernelRegularizer", options.kernelRegularizer),
    recurrentRegularizer: regularizer(where, "recurrentRegularizer", options.recurrentRegularizer),
    biasRegularizer: regularizer(where, "biasRegularizer", options.biasRegularizer),
    kernelConstraint: constraint(where, "kernelConstraint", options.kernelConstraint),
    recurrentConstraint: constraint(where, "recurrentConstraint", options.recurrentConstraint),
    biasConstraint: constraint(where, "biasConstraint", options.biasConstraint),
    dropout: numberWithin(where, "dropout", options.dropout ?? 0, 0, 1),
    recurrentDropout: numberWithin(where, "recurrentDropout", options.recurrentDropout ?? 0, 0, 1),
    seed,
  };
}

/** The activation of gates, "sigmoid" by default. @throws option */
export function gateActivation(where: string, { recurrentActivation = "sigmoid" }: GateOptions): Activation {
  return checkActivation(where, recurrentActivation);
}

/** Shapes of a cell's weights. */
export interface CellShapes {
  readonly kernel: Shape;
  readonly recurrentKernel: Shape;
  readonly bias: Shape;
}

/** kernel, recurrentKernel, and a bias where there is one. */
export function cellSpecs(config: CellConfig, shapes: CellShapes): WeightSpec[] {
  const specs = [
    {
      name: "kernel",
      shape: shapes.kernel,
      initializer: config.kernelInitializer,
      regularizer: config.kernelRegularizer,
      constraint: config.kernelConstraint,
    },
    {
      name: "recurrentKernel",
      shape: shapes.recurrentKernel,
      initializer: config.recurrentInitializer,
      regularizer: config.recurrentRegularizer,
      constraint: config.recurrentConstraint,
    },
    {
      name: "bias",
      shape: shapes.bias,
      initializer: config.biasInitializer,
      regularizer: config.biasRegularizer,
      constraint: config.biasConstraint,
    },
  ];
  return specs.slice(0, config.useBias ? 3 : 2).map((spec) => ({ ...spec, trainable: true }));
}

/** Factors of dropout that stay the same over the steps: 0, or 1 / (1 - rate). */
export class CellNoise {
  readonly #config: CellConfig;
  readonly #context: CallContext;

  constructor(config: CellConfig, context: CallContext) {
    this.#config = config;
    this.#context = context;
  }

  /** The inputs with some of them 0. @param x [steps, batch, ...sample] */
  dropInputs(x: Tensor): Tensor {
    const factors = this.#factors(this.#config.dropout, x.shape.slice(1), 0);
    return factors === undefined ? x : x.mul(factors);
  }

  /** For each gate the factors of the state, or nothing where none is dropped. @param shape [batch, ...state] */
  ofState(numGates: number, shape: Shape): readonly Tensor[] | undefined {
    const gates = Array.from({ length: numGates }, (_, gate) =>
      this.#factors(this.#config.recurrentDropout, shape, 1 + gate),
    );
    return gates.every((one) => one !== undefined) ? gates : undefined;
  }

  #factors(rate: number, shape: Shape, number: number): Tensor | undefined {
    const { training, key } = this.#context;
    if (!training || rate === 0) return undefined;
    if (key === undefined) throw new SinterError("state", "dropout: no random key came. Give one when training.");
    const { seed } = this.#config;
    const own = fold(seed === undefined ? key : fold(key, seed), number);
    const kept = bernoulli(own, shape, 1 - rate).cast("f32");
    return rate === 1 ? kept.mul(0) : kept.mul(1 / (1 - rate));
  }
}

/** Equal parts along the last axis, as the gates of a cell lie. */
export function gatesOf(x: Tensor, numGates: number): Tensor[] {
  const size = (x.shape.at(-1) ?? 0) / numGates;
  const zeros = x.shape.slice(0, -1).map(() => 0);
  return Array.from({ length: numGates }, (_, gate) =>
    x.slice([...zeros, gate * size], [...x.shape.slice(0, -1), size]),
  );
}
