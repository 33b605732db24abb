// A function of tensors as a graph that is not compiled but read: what formats write. Tensors that hold values are its leaves.

import { simplifyGraph } from "#engine/grad/simplify.ts";
import type { Node, TensorType } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { currentQueue } from "#engine/tensor/device.ts";
import { leafOf, realize, storageOf } from "#engine/tensor/realize.ts";
import { Tensor } from "#engine/tensor/tensor.ts";

/** What a function computes. */
export interface FunctionGraph {
  /** Of the arguments, in order. */
  readonly parameters: readonly Node[];
  readonly outputs: readonly Node[];
}

/**
 * The graph of a function, simplified as before it is compiled. Tensors that it takes from outside are its leaves: `heldTensor`.
 * @throws trace when the function reads a tensor
 */
export function traceGraph(
  body: (args: readonly Tensor[]) => readonly Tensor[],
  types: readonly TensorType[],
): FunctionGraph {
  const parameters = types.map((type) => ops.parameter(type));
  const results = body(parameters.map((node) => new Tensor(node))).map(({ node }) => node);
  const simplified = simplifyGraph(results, hasValue, "final");
  return { parameters, outputs: results.map((node) => simplified.get(node) ?? node) };
}

/** The tensor as a leaf of graphs: computed, and no longer known as what it was computed from. */
export function heldTensor({ node }: Tensor): Tensor {
  return new Tensor(leafOf(realize(node, currentQueue())));
}

/** Whether a node holds numbers already: a weight, a tensor that was read. */
export function hasValue(node: Node): boolean {
  return storageOf(node) !== undefined;
}
