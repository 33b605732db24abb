// What depends on what.

import { isFloating } from "#engine/base/dtype.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";

/** The nodes of `order` that are targets, or depend on one through floating-point values. */
export function nodesAbove(order: readonly Node[], targets: readonly Node[]): ReadonlySet<Node> {
  const above = new Set<Node>(targets);
  for (const node of order) {
    if (isFloating(node.type.dtype) && node.inputs.some((input) => above.has(input))) above.add(node);
  }
  return above;
}

/** The nodes below `outputs` that are sources or depend on one. */
export function dependentsOf(outputs: readonly Node[], sources: Iterable<Node>): ReadonlySet<Node> {
  const dependents = new Set<Node>(sources);
  for (const node of sortNodes(outputs)) if (node.inputs.some((input) => dependents.has(input))) dependents.add(node);
  return dependents;
}
