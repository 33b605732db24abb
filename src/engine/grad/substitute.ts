// Nodes over other inputs.

import { apply, sortNodes, type Node } from "#engine/graph/graph.ts";

/** The outputs with some of the nodes below them replaced. */
export function substitute(outputs: readonly Node[], given: ReadonlyMap<Node, Node>): Node[] {
  const replaced = new Map(given);
  for (const node of sortNodes(outputs, (one) => replaced.has(one))) {
    if (!replaced.has(node))
      replaced.set(
        node,
        overInputs(node, (input) => replaced.get(input) ?? input),
      );
  }
  return outputs.map((output) => replaced.get(output) ?? output);
}

/** The node over what stands for its inputs; itself where nothing else does. */
export function overInputs(node: Node, standIn: (input: Node) => Node): Node {
  const inputs = node.inputs.map(standIn);
  const isSame = inputs.every((input, index) => input === node.inputs[index]);
  return isSame ? node : apply(node.primitive, inputs, node.attributes);
}
