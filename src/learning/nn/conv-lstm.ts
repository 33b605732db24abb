// Long short-term memory over pictures and other fields: its products are convolutions.

import { choice, integer } from "#engine/base/options.ts";
import type { Shape } from "#engine/base/shape.ts";
import { concat, conv } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { Activation } from "./activations.ts";
import { windowOutput, type Padding } from "./conv.ts";
import { type SpatialOptions, singleOfRank, weightOf, type SampleType, type WeightSpec } from "./layer.ts";
import { remember, withForgetBias } from "./lstm-cell.ts";
import { recurrent, type RecurrenceOptions, type RecurrentLayer } from "./recurrent.ts";
import {
  cellOptions,
  CellNoise,
  cellSpecs,
  checkCellOptions,
  gateActivation,
  gatesOf,
  type Cell,
  type CellConfig,
  type CellOptions,
  type GateOptions,
} from "./recurrent-cell.ts";

export interface ConvLstmOptions extends CellOptions, GateOptions, RecurrenceOptions, SpatialOptions {
  /** Channels of output and states. */
  readonly filters: number;
  readonly kernelSize: number | readonly number[];
  readonly strides?: number | readonly number[];
  readonly padding?: Padding;
  readonly dilationRate?: number | readonly number[];
  /** Whether the forget gate's bias begins at 1. */
  readonly unitForgetBias?: boolean;
}

const convLstmOptions = [
  "filters",
  "kernelSize",
  "strides",
  "padding",
  "dilationRate",
  "recurrentActivation",
  "unitForgetBias",
  ...cellOptions,
];

/** Over [batch, time, steps, channels]; see `convLstm2d`. @source Keras 3, layers.ConvLSTM1D */
export function convLstm1d(options: ConvLstmOptions): RecurrentLayer {
  return convLstm(1, options);
}

/**
 * Long short-term memory over [batch, time, height, width, channels], with convolutions in place of products.
 * Weights: kernel [...kernelSize, channels, 4 filters], recurrentKernel [...kernelSize, filters, 4 filters], bias [4 filters].
 * @source Shi et al. 2015; Keras 3, layers.ConvLSTM2D
 */
export function convLstm2d(options: ConvLstmOptions): RecurrentLayer {
  return convLstm(2, options);
}

/** Over [batch, time, depth, height, width, channels]; see `convLstm2d`. @source Keras 3, layers.ConvLSTM3D */
export function convLstm3d(options: ConvLstmOptions): RecurrentLayer {
  return convLstm(3, options);
}

type ConvLstmConfig = CellConfig & {
  readonly filters: number;
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
  readonly dilationRate: readonly number[];
  readonly recurrentActivation: Activation;
  readonly unitForgetBias: boolean;
};

function convLstm(rank: number, options: ConvLstmOptions): RecurrentLayer {
  const kind = `convLstm${rank}d`;
  const extents = (option: "kernelSize" | "strides" | "dilationRate"): number[] => {
    const { [option]: value = 1 } = options;
    const list = typeof value === "number" ? Array.from({ length: rank }, () => value) : value;
    return list.map((one) => integer(kind, option, one));
  };
  const config: ConvLstmConfig = {
    filters: integer(kind, "filters", options.filters),
    kernelSize: extents("kernelSize"),
    strides: extents("strides"),
    padding: choice(kind, "padding", options.padding ?? "valid", ["valid", "same"]),
    dilationRate: extents("dilationRate"),
    recurrentActivation: gateActivation(kind, options),
    unitForgetBias: options.unitForgetBias ?? true,
    ...checkCellOptions(kind, options),
  };
  const className = `ConvLSTM${rank}D`;
  return recurrent(convLstmCell(config, rank), options, {
    kind,
    className,
    known: convLstmOptions,
    config,
    numSpatialAxes: rank,
  });
}

function convLstmCell(config: ConvLstmConfig, rank: number): Cell {
  const { filters, kernelSize, strides, padding, dilationRate } = config;
  const spatial = (input: SampleType, label: string): number[] => {
    const { shape } = singleOfRank([input], rank + 1, label);
    const window = kernelSize.map((size, axis) => (size - 1) * (dilationRate[axis] ?? 1) + 1);
    return windowOutput(shape, { window, strides, padding, what: "kernel" }, label);
  };
  return {
    weights: ({ shape }) => convLstmSpecs(config, shape.at(-1) ?? 1),
    states: (input, label) => {
      const shape = [...spatial(input, label), filters];
      return [shape, shape];
    },
    prepare: (weights, input, batch, context) => {
      const noise = new CellNoise(config, context);
      const factors = noise.ofState(4, [batch, ...spatial(input, "convLstm"), filters]);
      const recurrentKernel = weightOf(weights, "recurrentKernel");
      return {
        project: (x) => {
          const moves = { strides, padding, dilation: dilationRate };
          const product = overSteps(noise.dropInputs(x), (all) => conv(all, weightOf(weights, "kernel"), moves));
          return config.useBias ? product.add(weightOf(weights, "bias")) : product;
        },
        step: (x, [h = x, c = x]) => remember(config, x.add(recurrentConvolution(h, recurrentKernel, factors)), c),
      };
    },
  };
}

function convLstmSpecs(config: ConvLstmConfig, channels: number): WeightSpec[] {
  const { filters, kernelSize } = config;
  return cellSpecs(withForgetBias(config), {
    kernel: [...kernelSize, channels, 4 * filters],
    recurrentKernel: [...kernelSize, filters, 4 * filters],
    bias: [4 * filters],
  });
}

/** Steps as samples of one batch. */
function overSteps(x: Tensor, act: (x: Tensor) => Tensor): Tensor {
  const [steps = 1, batch = 1, ...sample] = x.shape;
  const result = act(x.reshape([steps * batch, ...sample]));
  const rest: Shape = result.shape.slice(1);
  return result.reshape([steps, batch, ...rest]);
}

function recurrentConvolution(h: Tensor, kernel: Tensor, factors: readonly Tensor[] | undefined): Tensor {
  const strides = kernel.shape.slice(0, -2).map(() => 1);
  const convolved = (x: Tensor, filter: Tensor): Tensor => conv(x, filter, { strides, padding: "same" });
  if (factors === undefined) return convolved(h, kernel);
  const gates = gatesOf(kernel, factors.length);
  return concat(
    factors.map((one, gate) => convolved(h.mul(one), gates[gate] ?? kernel)),
    -1,
  );
}
