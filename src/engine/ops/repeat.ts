// repeat: a loop from nodes as a function left them. What they take from outside becomes a constant of the loop, except what
// costs nothing to compute where it is used: numbers, and repetitions of what is smaller.

import { sizeOf } from "#engine/base/shape.ts";
import { apply, sortNodes, type Node } from "#engine/graph/graph.ts";
import { loopResult } from "#engine/ops/loop.ts";
import { parameter } from "#engine/ops/parameter.ts";

/** One iteration: nodes over parameters that nothing else uses. */
export interface Repetition {
  readonly length: number;
  readonly isReversed: boolean;
  readonly carries: readonly { readonly parameter: Node; readonly initial: Node; readonly next: Node }[];
  /** Parameters that take a row of their source in each iteration. */
  readonly rows: readonly Bound[];
  /** Nodes of which the values of all iterations are wanted. */
  readonly stacked: readonly Node[];
}

interface Bound {
  readonly parameter: Node;
  readonly source: Node;
}

/** The last carries, and the stacked values as rows. @throws shape, dtype where a carry or a source does not fit */
export function repeat(repetition: Repetition): { readonly carries: Node[]; readonly stacks: Node[] } {
  const { length, isReversed, carries, rows, stacked } = repetition;
  const own = [...carries, ...rows].map((one) => one.parameter);
  const closing = new Closing(own);
  const outputs = closing.close([...carries.map(({ next }) => next), ...stacked]);
  const { constants } = closing;
  const parameters = [...constants.map((one) => one.parameter), ...own];
  const sources = (list: readonly Bound[]): Node[] => list.map(({ source }) => source);
  const inputs = [...sources(constants), ...carries.map(({ initial }) => initial), ...sources(rows)];
  const loop = { length, isReversed, numConstants: constants.length, numCarries: carries.length };
  const next = outputs.slice(0, carries.length);
  const stack = (value: Node): Node =>
    loopResult(inputs, loop, { parameters, outputs: [...next, value] }, carries.length);
  return {
    carries: next.map((_node, index) => loopResult(inputs, loop, { parameters, outputs: next }, index)),
    stacks: outputs.slice(carries.length).map(stack),
  };
}

/** Puts parameters in place of what nodes take from outside. */
class Closing {
  readonly constants: Bound[] = [];
  /** Nodes that depend on the body's own parameters, and what stands for them. */
  readonly #inside: Map<Node, Node>;
  /** Nodes that do not, and are not free. */
  readonly #outside = new Set<Node>();
  readonly #captured = new Map<Node, Node>();

  constructor(own: readonly Node[]) {
    this.#inside = new Map(own.map((node) => [node, node]));
  }

  close(outputs: readonly Node[]): Node[] {
    for (const node of sortNodes(outputs, (one) => this.#inside.has(one))) {
      if (this.#inside.has(node)) continue;
      if (node.inputs.some((input) => this.#inside.has(input))) this.#inside.set(node, this.#rebuilt(node));
      else if (!isFree(node) || node.inputs.some((input) => this.#outside.has(input))) this.#outside.add(node);
    }
    return outputs.map((output) => this.#inBody(output));
  }

  #inBody(node: Node): Node {
    const inside = this.#inside.get(node);
    if (inside !== undefined) return inside;
    return this.#outside.has(node) ? this.#capture(node) : node;
  }

  #capture(node: Node): Node {
    const known = this.#captured.get(node);
    if (known !== undefined) return known;
    const captured = isRepetition(node) ? this.#rebuilt(node) : parameter(node.type);
    this.#captured.set(node, captured);
    if (captured.inputs.length === 0) this.constants.push({ parameter: captured, source: node });
    return captured;
  }

  #rebuilt(node: Node): Node {
    const inputs = node.inputs.map((input) => this.#inBody(input));
    const isSame = inputs.every((input, index) => input === node.inputs[index]);
    return isSame ? node : apply(node.primitive, inputs, node.attributes);
  }
}

/** Whether computing the node anew costs as little as reading it, its inputs being so. */
function isFree({ primitive, inputs }: Node): boolean {
  return primitive.trait !== "parameter" && (inputs.length === 0 || primitive.trait === "movement");
}

/** Whether the node only repeats the elements of a smaller one. */
function isRepetition({ primitive, inputs, type }: Node): boolean {
  const [input] = inputs;
  if (primitive.trait !== "movement" || input === undefined || inputs.length > 1) return false;
  return sizeOf(input.type.shape) < sizeOf(type.shape);
}
