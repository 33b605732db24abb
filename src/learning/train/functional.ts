// The functional model: layers applied to symbolic values, with branches that part and join.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { functionalNetwork } from "#learning/nn/functional.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { Model, type SequentialOptions } from "./model.ts";

export interface FunctionalOptions extends SequentialOptions {
  /** What `layers.input` gave. */
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What the last layer's `apply` gave. */
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}

/**
 * The model between symbolic values, as Keras's functional API. It has one input and one output; layers inside may take
 * several values, and one layer applied twice shares its weights.
 * @throws option where inputs and outputs are not connected, or there are several of them
 * @example
 * const x = layers.input({ shape: [8] });
 * const y = layers.dense({ units: 8, activation: "relu" }).apply(x);
 * const net = model({ inputs: x, outputs: layers.add().apply([x, y]) });
 */
export function model(options: FunctionalOptions): Model {
  checkOptions("model", options, ["inputs", "outputs", "name", "seed"]);
  const { inputs, outputs, ...rest } = options;
  const network = functionalNetwork([only(inputs, "inputs")], [only(outputs, "outputs")]);
  return new Model(network, { name: "functional", ...rest });
}

function only(values: SymbolicTensor | readonly SymbolicTensor[], what: string): SymbolicTensor {
  const [first, ...others] = "origin" in values ? [values] : values;
  if (first !== undefined && others.length === 0) return first;
  throw new SinterError(
    "option",
    `model: ${others.length + (first === undefined ? 0 : 1)} ${what} came, a model has one. ` +
      "Join outputs with layers.concatenate; split one input with layers.reshape.",
    { [what]: others.length + 1 },
  );
}
