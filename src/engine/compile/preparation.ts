// What follows from constant parameters alone, such as packed or transformed weights: steps that need not run again as
// long as those parameters keep their values.

import { sortNodes, type Graph, type Node } from "#engine/graph/graph.ts";
import { keyOf, type AnyStep, type StepBuffer } from "#engine/compile/step.ts";

/** Nodes that follow from constant parameters alone. @param constants their places among the graph's parameters */
export function constantNodes(graph: Graph, constants: ReadonlySet<number>): ReadonlySet<Node> {
  const found = new Set<Node>();
  if (constants.size === 0) return found;
  const given = new Set(graph.parameters.filter((_, index) => constants.has(index)));
  for (const node of sortNodes(graph.outputs)) {
    const isParameter = node.primitive.trait === "parameter";
    if (isParameter ? given.has(node) : node.inputs.every((input) => found.has(input))) found.add(node);
  }
  return found;
}

export interface PartedSteps {
  /** Steps to run when a constant changes, and those to run at each call, both in order. */
  readonly preparation: readonly AnyStep[];
  readonly steps: readonly AnyStep[];
  /** What the former write and the latter read. */
  readonly kept: readonly StepBuffer[];
}

/**
 * Takes the steps apart that follow from constants alone.
 * @param isOutside whether a node's memory is the caller's, who sees what is written there
 */
export function partSteps(
  steps: readonly AnyStep[],
  constants: ReadonlySet<Node>,
  isOutside: (node: Node) => boolean,
): PartedSteps {
  if (constants.size === 0) return { preparation: [], steps, kept: [] };
  const changing = new Set<Node | StepBuffer>();
  const isConstant = (buffer: StepBuffer): boolean => {
    if (changing.has(keyOf(buffer))) return false;
    return buffer.kind === "temporary" || !isOutside(buffer.node) || constants.has(buffer.node);
  };
  const isPrepared = (step: AnyStep): boolean => {
    const written = step.buffers.slice(step.numInputs);
    const isSeen = written.some((buffer) => buffer.kind === "node" && isOutside(buffer.node));
    return "kernel" in step && !isSeen && step.buffers.every(isConstant);
  };
  // A buffer that several steps write changes with any of them: until no more is found that does.
  for (let known = -1; known < changing.size;) {
    known = changing.size;
    for (const step of steps) {
      if (isPrepared(step)) continue;
      for (const buffer of step.buffers.slice(step.numInputs)) changing.add(keyOf(buffer));
    }
  }
  const preparation = steps.filter(isPrepared);
  const rest = steps.filter((step) => !isPrepared(step));
  const made = new Map(
    preparation.flatMap((step) => step.buffers.slice(step.numInputs).map((buffer) => [keyOf(buffer), buffer])),
  );
  const read = new Set(rest.flatMap(({ buffers }) => buffers.map(keyOf)));
  return { preparation, steps: rest, kept: [...made].flatMap(([key, buffer]) => (read.has(key) ? [buffer] : [])) };
}
