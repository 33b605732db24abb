// The cell of a long short-term memory.

import { integer } from "#engine/base/options.ts";
import { concat } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { activate, type Activation } from "./activations.ts";
import { withoutUndefined } from "./dense.ts";
import { singleOfRank, weightOf } from "./layer.ts";
import {
  cellLayer,
  cellOptions,
  CellNoise,
  cellSpecs,
  checkCellOptions,
  gateActivation,
  gatesOf,
  type Cell,
  type CellConfig,
  type CellLayer,
  type CellOptions,
  type CellResult,
  type GateOptions,
} from "./recurrent-cell.ts";

export interface LstmCellOptions extends CellOptions, GateOptions {
  /** Extent of output and states. */
  readonly units: number;
  /** Whether the forget gate's bias begins at 1. */
  readonly unitForgetBias?: boolean;
}

export const lstmOptions: readonly string[] = ["units", "recurrentActivation", "unitForgetBias", ...cellOptions];

export type LstmConfig = CellConfig & {
  readonly units: number;
  readonly recurrentActivation: Activation;
  readonly unitForgetBias: boolean;
};

/** @throws option */
export function checkLstm(where: string, options: LstmCellOptions): LstmConfig {
  return {
    units: integer(where, "units", options.units),
    recurrentActivation: gateActivation(where, options),
    unitForgetBias: options.unitForgetBias ?? true,
    ...checkCellOptions(where, options),
  };
}

/**
 * One step of a long short-term memory over [x, h, c]:
 * i, f, g, o = x · kernel + h · recurrentKernel + bias; c' = σ(f) · c + σ(i) · tanh(g); h' = σ(o) · tanh(c').
 * Weights: kernel [inputs, 4 units], recurrentKernel [units, 4 units], bias [4 units].
 * @source Hochreiter and Schmidhuber 1997; Keras 3, layers.LSTMCell
 */
export function lstmCell(options: LstmCellOptions): CellLayer {
  const config = checkLstm("lstmCell", options);
  return cellLayer(lstmCellOf(config), {
    kind: "lstmCell",
    className: "LSTMCell",
    options,
    known: lstmOptions,
    config: withoutUndefined(config),
  });
}

/** The states are h and c. */
export function lstmCellOf(config: LstmConfig): Cell {
  const { units, useBias } = config;
  return {
    weights: ({ shape }) => {
      const kernels = { kernel: [shape.at(-1) ?? 1, 4 * units], recurrentKernel: [units, 4 * units] };
      return cellSpecs(withForgetBias(config), { ...kernels, bias: [4 * units] });
    },
    states: (input, label) => {
      singleOfRank([input], 1, label);
      return [[units], [units]];
    },
    prepare: (weights, _input, batch, context) => {
      const noise = new CellNoise(config, context);
      const recurrentKernel = weightOf(weights, "recurrentKernel");
      const factors = noise.ofState(4, [batch, units]);
      return {
        project: (x) => {
          const product = noise.dropInputs(x).matMul(weightOf(weights, "kernel"));
          return useBias ? product.add(weightOf(weights, "bias")) : product;
        },
        step: (x, [h = x, c = x]) => remember(config, x.add(recurrentProduct(h, recurrentKernel, factors)), c),
      };
    },
  };
}

/** The options with a bias that begins at 1 for the forget gate, where that is asked for. */
export function withForgetBias(config: CellConfig & Pick<LstmConfig, "unitForgetBias">): CellConfig {
  if (!config.unitForgetBias) return config;
  return { ...config, biasInitializer: { kind: "unitForgetBias", initializer: config.biasInitializer } };
}

/** h · recurrentKernel, each gate with its own state where some of it is dropped. */
export function recurrentProduct(h: Tensor, kernel: Tensor, factors: readonly Tensor[] | undefined): Tensor {
  if (factors === undefined) return h.matMul(kernel);
  const gates = gatesOf(kernel, factors.length);
  return concat(
    factors.map((one, gate) => h.mul(one).matMul(gates[gate] ?? kernel)),
    -1,
  );
}

/** New states from the sums that enter the gates, in Keras's order i, f, g, o. */
export function remember(
  { activation, recurrentActivation }: Pick<LstmConfig, "activation" | "recurrentActivation">,
  sums: Tensor,
  c: Tensor,
): CellResult {
  const [input = sums, forget = sums, candidate = sums, output = sums] = gatesOf(sums, 4);
  const kept = activate(recurrentActivation, forget).mul(c);
  const cell = kept.add(activate(recurrentActivation, input).mul(activate(activation, candidate)));
  const hidden = activate(recurrentActivation, output).mul(activate(activation, cell));
  return { output: hidden, states: [hidden, cell] };
}
