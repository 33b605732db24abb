// The cell of a gated recurrent unit.

import { integer } from "#engine/base/options.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { activate, type Activation } from "./activations.ts";
import { withoutUndefined } from "./dense.ts";
import { singleOfRank, weightOf } from "./layer.ts";
import { recurrentProduct } from "./lstm-cell.ts";
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

export interface GruCellOptions extends CellOptions, GateOptions {
  /** Extent of output and state. */
  readonly units: number;
  /** Whether the reset gate acts after the product with the state, and there are two biases; true by default. */
  readonly resetAfter?: boolean;
}

export const gruOptions: readonly string[] = ["units", "recurrentActivation", "resetAfter", ...cellOptions];

export type GruConfig = CellConfig & {
  readonly units: number;
  readonly recurrentActivation: Activation;
  readonly resetAfter: boolean;
};

/** @throws option */
export function checkGru(where: string, options: GruCellOptions): GruConfig {
  return {
    units: integer(where, "units", options.units),
    recurrentActivation: gateActivation(where, options),
    resetAfter: options.resetAfter ?? true,
    ...checkCellOptions(where, options),
  };
}

/**
 * One step of a gated recurrent unit over [x, h]: z, r = σ(x · kernel + h · recurrentKernel + bias);
 * g = tanh(x · kernel + r · (h · recurrentKernel + bias)), or with the state reset before the product; h' = z · h + (1 - z) · g.
 * Weights: kernel [inputs, 3 units], recurrentKernel [units, 3 units], bias [2, 3 units], or [3 units] without resetAfter.
 * @source Cho et al. 2014; Keras 3, layers.GRUCell
 */
export function gruCell(options: GruCellOptions): CellLayer {
  const config = checkGru("gruCell", options);
  return cellLayer(gruCellOf(config), {
    kind: "gruCell",
    className: "GRUCell",
    options,
    known: gruOptions,
    config: withoutUndefined(config),
  });
}

/** The state is h. */
export function gruCellOf(config: GruConfig): Cell {
  const { units, useBias, resetAfter } = config;
  return {
    weights: ({ shape }) =>
      cellSpecs(config, {
        kernel: [shape.at(-1) ?? 1, 3 * units],
        recurrentKernel: [units, 3 * units],
        bias: resetAfter ? [2, 3 * units] : [3 * units],
      }),
    states: (input, label) => {
      singleOfRank([input], 1, label);
      return [[units]];
    },
    prepare: (weights, _input, batch, context) => {
      const noise = new CellNoise(config, context);
      const bias = useBias ? weightOf(weights, "bias") : undefined;
      const recurrent: Recurrent = {
        kernel: weightOf(weights, "recurrentKernel"),
        factors: noise.ofState(3, [batch, units]),
        bias: resetAfter ? bias?.slice([1, 0], [1, 3 * units]) : undefined,
      };
      const inputBias = resetAfter ? bias?.slice([0, 0], [1, 3 * units]).squeeze(0) : bias;
      return {
        project: (x) => {
          const product = noise.dropInputs(x).matMul(weightOf(weights, "kernel"));
          return inputBias === undefined ? product : product.add(inputBias);
        },
        step: (x, [h = x]) => (resetAfter ? resetAfterProduct : resetBeforeProduct)(config, x, h, recurrent),
      };
    },
  };
}

interface Recurrent {
  readonly kernel: Tensor;
  readonly factors: readonly Tensor[] | undefined;
  /** [1, 3 units] */
  readonly bias: Tensor | undefined;
}

function resetAfterProduct(config: GruConfig, x: Tensor, h: Tensor, { kernel, factors, bias }: Recurrent): CellResult {
  const product = recurrentProduct(h, kernel, factors);
  const [z = x, r = x, g = x] = gatesOf(x, 3);
  const [hz = x, hr = x, hg = x] = gatesOf(bias === undefined ? product : product.add(bias), 3);
  const { activation, recurrentActivation } = config;
  const update = activate(recurrentActivation, z.add(hz));
  const reset = activate(recurrentActivation, r.add(hr));
  return mixed(update, h, activate(activation, g.add(reset.mul(hg))));
}

function resetBeforeProduct(config: GruConfig, x: Tensor, h: Tensor, { kernel, factors }: Recurrent): CellResult {
  const { units, activation, recurrentActivation } = config;
  const gates = kernel.slice([0, 0], [units, 2 * units]);
  const candidate = kernel.slice([0, 2 * units], [units, units]);
  const [hz = x, hr = x] = gatesOf(recurrentProduct(h, gates, factors?.slice(0, 2)), 2);
  const [z = x, r = x, g = x] = gatesOf(x, 3);
  const update = activate(recurrentActivation, z.add(hz));
  const reset = activate(recurrentActivation, r.add(hr));
  const state = factors?.[2] === undefined ? h : h.mul(factors[2]);
  return mixed(update, h, activate(activation, g.add(reset.mul(state).matMul(candidate))));
}

function mixed(update: Tensor, h: Tensor, candidate: Tensor): CellResult {
  const output = update.mul(h).add(update.neg().add(1).mul(candidate));
  return { output, states: [output] };
}
