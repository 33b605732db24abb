// A value that is written to memory once. The compiler computes elementwise operations where they are read, and within a
// kernel each use of a value anew: in a deep formula, uses of uses multiply.

import { customGradient } from "#engine/grad/custom.ts";
import type { Node } from "#engine/graph/graph.ts";
import * as ops from "#engine/ops/index.ts";
import { Tensor } from "#engine/tensor/tensor.ts";

/**
 * The same value (f32 or i32), kept in memory; its gradient is kept too. Costs one pass over it.
 * The maximum of two equal values is a reduction, which is never computed where it is read.
 */
export function keep(x: Tensor): Tensor {
  return new Tensor(customGradient(keptNode(x.node), [x.node], (cotangent) => [keptNode(cotangent)]));
}

function keptNode(x: Node): Node {
  const { shape } = x.type;
  const twice = ops.broadcastTo(ops.reshape(x, [...shape, 1]), [...shape, 2]);
  return ops.reduceMax(twice, [shape.length]);
}
