// The gradient of a loop: which of its carries a cotangent reaches, and the gradient of one iteration.

import { isFloating } from "#engine/base/dtype.ts";
import { BugError } from "#engine/base/error.ts";
import { sortNodes, type Node } from "#engine/graph/graph.ts";
import { loopOf, type Loop, type LoopResults } from "#engine/graph/loop.ts";
import { noGradient } from "#engine/graph/primitive.ts";
import { at } from "#engine/ops/check.ts";
import { zerosLike } from "#engine/ops/constant.ts";
import { parameter } from "#engine/ops/parameter.ts";
import { backwardLoop, type IterationGradient, type Row } from "#engine/grad/backward-loop.ts";
import { nodesAbove } from "#engine/grad/dependence.ts";

interface Given {
  readonly output: Node;
  readonly cotangent: Node;
}

export interface LoopGradientOptions {
  /** What flows into results of the loop. */
  readonly cotangents: ReadonlyMap<Node, Node>;
  /** For each input whether its gradient is asked for. */
  readonly wanted: readonly boolean[];
  /** Reverse mode, for the body. */
  readonly gradientsOf: (given: readonly Given[], targets: readonly Node[]) => (Node | undefined)[];
}

/** A cotangent for each input of a loop. */
export function loopGradients(results: LoopResults, options: LoopGradientOptions): (Node | typeof noGradient)[] {
  const gradients = backwardLoop(iterationGradient(results, options));
  return results.inputs.map((input, index) => {
    if (options.wanted[index] !== true || !isFloating(input.type.dtype)) return noGradient;
    return gradients.get(index) ?? zerosLike(input);
  });
}

/** The gradient of one iteration, by parameters for the cotangents of what it gives. */
function iterationGradient({ nodes, inputs }: LoopResults, options: LoopGradientOptions): IterationGradient {
  const loop = loopOf(at(nodes, 0));
  if (loop === undefined) throw new BugError("Results of a loop are none.");
  const { ofCarries, ofRows } = incomingOf(nodes, options.cotangents);
  const { numConstants, numCarries, body } = loop;
  const stacked = ofRows.map(({ value }) => value);
  const active = activeCarries(loop, ofCarries.keys(), stacked);
  const carried = active.map((number) => ({ number, own: parameter(at(body.outputs, number).type) }));
  const isCarry = (input: number): boolean => input >= numConstants && input < numConstants + numCarries;
  const isWanted = ({ type }: Node, input: number): boolean => options.wanted[input] === true && isFloating(type.dtype);
  const targets = body.parameters.filter((node, input) =>
    isCarry(input) ? active.includes(input - numConstants) : isWanted(node, input),
  );
  const given = [
    ...carried.map(({ number, own }) => ({ output: at(body.outputs, number), cotangent: own })),
    ...ofRows.map(({ value, row }) => ({ output: value, cotangent: row.parameter })),
  ];
  const found = options.gradientsOf(given, targets);
  const gradientOf = new Map(targets.map((target, index) => [target, found[index]]));
  const carries = carried.map(({ number, own }) => ({
    parameter: own,
    initial: ofCarries.get(number) ?? zerosLike(own),
    next: gradientOf.get(at(body.parameters, numConstants + number)) ?? zerosLike(own),
    input: numConstants + number,
  }));
  const others = body.parameters.flatMap((node, input) => {
    const gradient = isCarry(input) ? undefined : gradientOf.get(node);
    return gradient === undefined ? [] : [{ input, gradient }];
  });
  return { loop, inputs, given: ofRows.map(({ row }) => row), carries, others };
}

interface Incoming {
  /** Cotangents of last carries, by number. */
  readonly ofCarries: ReadonlyMap<number, Node>;
  /** Of nodes of the body that are stacked. */
  readonly ofRows: readonly { readonly value: Node; readonly row: Row }[];
}

function incomingOf(nodes: readonly Node[], cotangents: ReadonlyMap<Node, Node>): Incoming {
  const ofCarries = new Map<number, Node>();
  const ofRows: { value: Node; row: Row }[] = [];
  for (const node of nodes) {
    const [cotangent, loop] = [cotangents.get(node), loopOf(node)];
    if (cotangent === undefined || loop === undefined) continue;
    const value = at(loop.body.outputs, loop.result);
    if (loop.result < loop.numCarries) ofCarries.set(loop.result, cotangent);
    else ofRows.push({ value, row: { parameter: parameter(value.type), source: cotangent } });
  }
  return { ofCarries, ofRows };
}

/** Carries that cotangents reach: those of which one is given, and those that they or the stacked values depend on. */
function activeCarries(
  { body, numConstants, numCarries }: Loop,
  given: Iterable<number>,
  stacked: readonly Node[],
): number[] {
  const active = new Set(given);
  for (let size = -1; size !== active.size;) {
    size = active.size;
    const outputs = [...[...active].map((carry) => at(body.outputs, carry)), ...stacked];
    const order = sortNodes(outputs);
    for (let carry = 0; carry < numCarries; carry += 1) {
      const own = at(body.parameters, numConstants + carry);
      if (active.has(carry) || !isFloating(own.type.dtype)) continue;
      const above = nodesAbove(order, [own]);
      if (outputs.some((output) => above.has(output))) active.add(carry);
    }
  }
  return [...active];
}
