// A loop over a batch: one loop whose carries, rows and results have the batch axis.

import { BugError } from "#engine/base/error.ts";
import type { Node } from "#engine/graph/graph.ts";
import { loopOf } from "#engine/graph/loop.ts";
import type { BatchedInput, Batching } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { loopResult } from "#engine/ops/loop.ts";
import { parameter } from "#engine/ops/parameter.ts";
import { transpose } from "#engine/ops/transpose.ts";

/** The results of one loop, each with the batch axis in front. */
export function batchLoop(nodes: readonly Node[], given: readonly BatchedInput[], batching: Batching): Node[] {
  const loop = loopOf(at(nodes, 0));
  if (loop === undefined) throw new BugError("Results of a loop are none.");
  const { numConstants, numCarries } = loop;
  const inputs = given.map((input, index) => {
    if (index < numConstants) return input.node;
    if (index < numConstants + numCarries) return batching.spread(input);
    return input.isBatched ? exchanged(input.node) : input.node;
  });
  const isBatched = (index: number): boolean =>
    at(given, index).isBatched || (index >= numConstants && index < numConstants + numCarries);
  const parameters = loop.body.parameters.map((node, index) => {
    const { dtype, shape } = node.type;
    return isBatched(index) ? parameter({ dtype, shape: [batching.size, ...shape] }) : node;
  });
  const replaced = new Map(
    loop.body.parameters.flatMap((node, index) => (isBatched(index) ? [[node, at(parameters, index)] as const] : [])),
  );
  const values = nodes.map((node) => {
    const own = loopOf(node);
    if (own === undefined) throw new BugError("A result of a loop is none.");
    return at(own.body.outputs, own.result);
  });
  const outputs = batching.again([...loop.body.outputs.slice(0, numCarries), ...values], replaced);
  const next = outputs.slice(0, numCarries);
  return nodes.map((node, index) => {
    const result = loopOf(node)?.result ?? 0;
    if (result < numCarries) return loopResult(inputs, loop, { parameters, outputs: next }, result);
    const value = at(outputs, numCarries + index);
    return exchanged(loopResult(inputs, loop, { parameters, outputs: [...next, value] }, numCarries));
  });
}

/** With the first two axes exchanged: rows of a batch, a batch of rows. */
function exchanged(x: Node): Node {
  return transpose(x, [1, 0, ...x.type.shape.slice(2).map((_extent, axis) => axis + 2)]);
}
