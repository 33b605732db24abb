// Loops: a body that runs again and again. Each result of a loop is a node of its own; those of one loop have the same inputs
// and bodies over the same parameters and carries. Here they find each other.

import type { Graph, Node } from "#engine/graph/graph.ts";

/**
 * What a loop does, and which of its results a node is. Inputs, and parameters of the body, are in this order: constants, the
 * same in every iteration; carries, which begin as the inputs and go on as the body's outputs; rows, of which an iteration
 * gets one along the first axis of the input.
 */
export interface Loop {
  readonly length: number;
  /** Whether the last row comes first; rows of results lie where their iteration's inputs lay. */
  readonly isReversed: boolean;
  readonly numConstants: number;
  readonly numCarries: number;
  /** Outputs: the next carries, then for a result that is stacked what is stacked. */
  readonly body: Graph;
  /** The output that the node is: of a carry the last value, else the values of all iterations as rows. */
  readonly result: number;
}

/** Nodes that are results of one loop. */
export interface LoopResults {
  /** In the order in which they were found. */
  readonly nodes: readonly Node[];
  readonly inputs: readonly Node[];
}

/** The loop that a node is a result of. */
export function loopOf(node: Node): Loop | undefined {
  if (node.primitive.trait !== "loop") return undefined;
  const form = node.primitive.lower([], node.attributes, node.type);
  return form.kind === "loop" ? form : undefined;
}

/** For each result of a loop all of them among `nodes`. */
export function loopsAmong(nodes: readonly Node[]): ReadonlyMap<Node, LoopResults> {
  const byKey = new Map<string, { readonly nodes: Node[]; readonly inputs: readonly Node[] }>();
  const found = new Map<Node, LoopResults>();
  for (const node of nodes) {
    const loop = loopOf(node);
    if (loop === undefined) continue;
    const key = keyOf(loop, node.inputs);
    const results = byKey.get(key) ?? { nodes: [], inputs: node.inputs };
    byKey.set(key, results);
    results.nodes.push(node);
    found.set(node, results);
  }
  return found;
}

/** Equal for results of one loop. */
function keyOf({ length, isReversed, numConstants, numCarries, body }: Loop, inputs: readonly Node[]): string {
  const ids = (list: readonly Node[]): string => list.map(({ id }) => id).join();
  const carries = body.outputs.slice(0, numCarries);
  return `${length} ${isReversed} ${numConstants} ${ids(body.parameters)};${ids(carries)};${ids(inputs)}`;
}
