// The cell of a plain recurrent layer.

import { integer } from "#engine/base/options.ts";
import { activate } from "./activations.ts";
import { withoutUndefined } from "./dense.ts";
import { singleOfRank, weightOf } from "./layer.ts";
import { recurrentProduct } from "./lstm-cell.ts";
import {
  cellLayer,
  cellOptions,
  CellNoise,
  cellSpecs,
  checkCellOptions,
  type Cell,
  type CellConfig,
  type CellLayer,
  type CellOptions,
} from "./recurrent-cell.ts";

export interface SimpleRnnCellOptions extends CellOptions {
  /** Extent of output and state. */
  readonly units: number;
}

export const simpleRnnOptions: readonly string[] = ["units", ...cellOptions];

export type SimpleRnnConfig = CellConfig & { readonly units: number };

/** @throws option */
export function checkSimpleRnn(where: string, options: SimpleRnnCellOptions): SimpleRnnConfig {
  return { units: integer(where, "units", options.units), ...checkCellOptions(where, options) };
}

/**
 * One step over [x, h]: h' = tanh(x · kernel + h · recurrentKernel + bias).
 * Weights: kernel [inputs, units], recurrentKernel [units, units], bias [units].
 * @source Keras 3, layers.SimpleRNNCell
 */
export function simpleRnnCell(options: SimpleRnnCellOptions): CellLayer {
  const config = checkSimpleRnn("simpleRnnCell", options);
  return cellLayer(simpleRnnCellOf(config), {
    kind: "simpleRnnCell",
    className: "SimpleRNNCell",
    options,
    known: simpleRnnOptions,
    config: withoutUndefined(config),
  });
}

/** The state is h. */
export function simpleRnnCellOf(config: SimpleRnnConfig): Cell {
  const { units, useBias, activation } = config;
  return {
    weights: ({ shape }) =>
      cellSpecs(config, { kernel: [shape.at(-1) ?? 1, units], recurrentKernel: [units, units], bias: [units] }),
    states: (input, label) => {
      singleOfRank([input], 1, label);
      return [[units]];
    },
    prepare: (weights, _input, batch, context) => {
      const noise = new CellNoise(config, context);
      const kernel = weightOf(weights, "recurrentKernel");
      const factors = noise.ofState(1, [batch, units]);
      return {
        project: (x) => {
          const product = noise.dropInputs(x).matMul(weightOf(weights, "kernel"));
          return useBias ? product.add(weightOf(weights, "bias")) : product;
        },
        step: (x, [h = x]) => {
          const output = activate(activation, x.add(recurrentProduct(h, kernel, factors)));
          return { output, states: [output] };
        },
      };
    },
  };
}
