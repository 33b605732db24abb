// Loops, interpreted: the body is evaluated anew in every iteration.

import { BugError } from "#engine/base/error.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Node } from "#engine/graph/graph.ts";
import { loopOf, type Loop } from "#engine/graph/loop.ts";
import { at } from "#engine/target/js/list.ts";
import { allocateValues, type Precision, type Value } from "#engine/target/js/values.ts";

interface Options {
  readonly precision: Precision;
  /** Computes nodes from the values of the parameters below them. */
  readonly evaluate: (outputs: readonly Node[], values: Map<Node, Value>, precision: Precision) => readonly Value[];
}

/** The values of results of one loop. */
export function runLoop(nodes: readonly Node[], inputs: readonly Value[], options: Options): Value[] {
  const loops = nodes.map((node): Loop => {
    const loop = loopOf(node);
    if (loop === undefined) throw new BugError("A result of a loop is none.");
    return loop;
  });
  const { length, isReversed, numConstants, numCarries, body } = at(loops, 0);
  const next = body.outputs.slice(0, numCarries);
  const wanted = loops.map((loop) => at(loop.body.outputs, loop.result));
  const { precision } = options;
  const results = nodes.map(({ type }): Value => {
    return { type, data: allocateValues(type.dtype, sizeOf(type.shape), precision) };
  });
  let carries = inputs.slice(numConstants, numConstants + numCarries);
  for (let iteration = 0; iteration < length; iteration += 1) {
    const row = isReversed ? length - 1 - iteration : iteration;
    const values = new Map<Node, Value>();
    body.parameters.forEach((node, index) => {
      const isRow = index >= numConstants + numCarries;
      const own = isRow ? rowOf(at(inputs, index), node, row) : (carries[index - numConstants] ?? at(inputs, index));
      values.set(node, own);
    });
    const computed = options.evaluate([...next, ...wanted], values, precision);
    carries = computed.slice(0, numCarries);
    loops.forEach(({ result }, index) => {
      const value = at(computed, numCarries + index);
      const place = result < numCarries ? 0 : row * value.data.length;
      at(results, index).data.set(value.data, place);
    });
  }
  return results;
}

function rowOf({ data }: Value, { type }: Node, row: number): Value {
  const size = sizeOf(type.shape);
  return { type, data: data.subarray(row * size, (row + 1) * size) };
}
