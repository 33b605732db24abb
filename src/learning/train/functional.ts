// The functional model: layers applied to symbolic values, with branches that part and join, of any number of inputs and
// outputs.

import { checkOptions } from "#engine/base/options.ts";
import { functionalNetwork } from "#learning/nn/functional.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { Model, type SequentialOptions } from "./model.ts";

export interface FunctionalOptions extends SequentialOptions {
  /** What `layers.input` gave; of several inputs a list. */
  readonly inputs: SymbolicTensor | readonly SymbolicTensor[];
  /** What the last layers' `apply` gave; of several outputs a list. */
  readonly outputs: SymbolicTensor | readonly SymbolicTensor[];
}

/**
 * The model between symbolic values, as Keras's functional API; one layer applied twice shares its weights. Several inputs
 * and outputs are named as the layers that they come from: `compile`, `fit`, `evaluate` and `predictAll` take lists in
 * this order, or records by those names.
 * @throws option where inputs and outputs are not connected
 * @example
 * const x = layers.input({ shape: [8], name: "x" });
 * const y = layers.dense({ units: 8, activation: "relu" }).apply(x);
 * const joined = layers.add().apply([x, y]);
 * const age = layers.dense({ units: 1, name: "age" }).apply(joined);
 * const kind = layers.dense({ units: 3, activation: "softmax", name: "kind" }).apply(joined);
 * const net = model({ inputs: x, outputs: [age, kind] });
 * net.compile({ loss: { age: "meanSquaredError", kind: "sparseCategoricalCrossentropy" }, metrics: { kind: ["accuracy"] } });
 */
export function model(options: FunctionalOptions): Model {
  checkOptions("model", options, ["inputs", "outputs", "name", "seed"]);
  const { inputs, outputs, ...rest } = options;
  return new Model(functionalNetwork(listOf(inputs), listOf(outputs)), { name: "functional", ...rest });
}

function listOf(values: SymbolicTensor | readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  return "origin" in values ? [values] : values;
}
