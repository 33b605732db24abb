// Batching (vmap): the nodes of a function, computed for every member of a batch at once.

import { BugError } from "#engine/base/error.ts";
import { sameShape } from "#engine/base/shape.ts";
import { sortNodes, typeText, type Node } from "#engine/graph/graph.ts";
import { loopsAmong } from "#engine/graph/loop.ts";
import type { BatchedInput, Batching } from "#engine/graph/primitive.ts";
import { broadcastTo } from "#engine/ops/broadcast-to.ts";
import { reshape } from "#engine/ops/reshape.ts";
import { batchLoop } from "#engine/grad/loop-batch.ts";

/**
 * `outputs` over a batch of `size`.
 * @param batched for nodes below the outputs the nodes that take their place, with the batch axis in front
 * @returns a node for each output, with the batch axis in front; one that depends on nothing batched is repeated
 */
export function batch(outputs: readonly Node[], batched: ReadonlyMap<Node, Node>, size: number): Node[] {
  const known = new Map(batched);
  run(outputs, known, size);
  return outputs.map((output) => spread({ node: known.get(output) ?? output, isBatched: known.has(output) }, size));
}

/** Adds to `known` the batched form of every node that depends on one in it. */
function run(outputs: readonly Node[], known: Map<Node, Node>, size: number): void {
  const batching: Batching = {
    size,
    spread: (input) => spread(input, size),
    again: (others, replaced) => {
      const inner = new Map([...known, ...replaced]);
      run(others, inner, size);
      return others.map((other) => spread({ node: inner.get(other) ?? other, isBatched: inner.has(other) }, size));
    },
  };
  const order = sortNodes(outputs, (one) => known.has(one));
  const loops = loopsAmong(order);
  for (const node of order) {
    if (known.has(node) || !node.inputs.some((input) => known.has(input))) continue;
    const inputs = node.inputs.map((input): BatchedInput => {
      const replaced = known.get(input);
      return { node: replaced ?? input, isBatched: replaced !== undefined };
    });
    const nodes = loops.get(node)?.nodes;
    const results =
      nodes === undefined
        ? [node.primitive.batch(inputs, node.attributes, batching)]
        : batchLoop(nodes, inputs, batching);
    (nodes ?? [node]).forEach((one, index) => {
      const result = results[index];
      checkResult(one, result, size);
      known.set(one, result);
    });
  }
}

function checkResult(node: Node, result: Node | undefined, size: number): asserts result is Node {
  if (result?.type.dtype === node.type.dtype && sameShape(result.type.shape, [size, ...node.type.shape])) return;
  throw new BugError(
    `${node.primitive.name} ${typeText(node.type)} over a batch of ${size} became ${result === undefined ? "nothing" : typeText(result.type)}.`,
  );
}

function spread({ node, isBatched }: BatchedInput, size: number): Node {
  const { shape } = node.type;
  return isBatched ? node : broadcastTo(reshape(node, [1, ...shape]), [size, ...shape]);
}
