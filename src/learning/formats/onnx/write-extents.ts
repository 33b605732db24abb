// How a graph depends on the size of the batch: the same function traced for two sizes, node beside node. What differs
// between them grows with the batch.

import { SinterError } from "#engine/base/error.ts";
import { sameShape } from "#engine/base/shape.ts";
import { isGraph, type AttributeValue, type Graph, type Node } from "#engine/graph/graph.ts";
import { hasValue } from "#engine/tensor/trace-graph.ts";

/** `perSample` times the size of the batch, plus `fixed`. */
export interface Extent {
  readonly perSample: number;
  readonly fixed: number;
}

/** One of two traces. */
export interface Sized {
  readonly batch: number;
  readonly outputs: readonly Node[];
}

export function fixedExtent(fixed: number): Extent {
  return { perSample: 0, fixed };
}

export function isFixed({ perSample }: Extent): boolean {
  return perSample === 0;
}

/** Whether the extent is 1 for every batch. */
export function isOne({ perSample, fixed }: Extent): boolean {
  return perSample === 0 && fixed === 1;
}

export function sameExtent(left: Extent, right: Extent): boolean {
  return left.perSample === right.perSample && left.fixed === right.fixed;
}

/** What the extent is in words of an ONNX shape: a number, or a name. */
export function extentName({ perSample, fixed }: Extent): number | string {
  if (perSample === 0) return fixed;
  return `${perSample === 1 ? "batch" : `${perSample}*batch`}${fixed === 0 ? "" : `+${fixed}`}`;
}

/** Two traces of one function. */
export class TracePair {
  /** Leaves that each trace made for itself: alike where their numbers are. */
  readonly leaves: (readonly [Node, Node])[] = [];
  readonly #partners = new Map<Node, Node>();
  readonly #sizes: readonly [number, number];

  /** @throws option where the two are not alike */
  constructor(first: Sized, second: Sized) {
    this.#sizes = [first.batch, second.batch];
    this.#pair(first.outputs, second.outputs);
  }

  /** The extents of a node of the first trace. */
  extents(node: Node): Extent[] {
    const other = this.#partner(node).type.shape;
    return node.type.shape.map((extent, axis) => this.#extent(extent, other[axis] ?? 0));
  }

  /** A list of numbers among a node's options, or none. */
  numbers(node: Node, name: string): Extent[] {
    const [own, other] = [node.attributes[name], this.#partner(node).attributes[name]];
    if (!Array.isArray(own) || !Array.isArray(other)) return [];
    return own.map((value, index) => this.#extent(Number(value), Number(other[index])));
  }

  /** A list of numbers that the batch has no part in. @throws option where it has */
  fixedNumbers(node: Node, name: string): number[] {
    return this.numbers(node, name).map((number) => {
      if (!isFixed(number)) throw dependent(`${node.primitive.name}: ${name}`);
      return number.fixed;
    });
  }

  #partner(node: Node): Node {
    return this.#partners.get(node) ?? node;
  }

  #extent(first: number, second: number): Extent {
    if (first === second) return fixedExtent(first);
    const [small, large] = this.#sizes;
    const perSample = (second - first) / (large - small);
    if (!Number.isInteger(perSample)) throw dependent("an extent");
    return { perSample, fixed: first - perSample * small };
  }

  #pair(firsts: readonly Node[], seconds: readonly Node[]): void {
    const waiting = firsts.map((first, index) => [first, seconds[index]] as const);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [first, second] = next;
      if (first === second || this.#partners.get(first) === second) continue;
      if (second === undefined || !areAlike(first, second) || this.#partners.has(first))
        throw dependent("what is computed");
      this.#partners.set(first, second);
      if (hasValue(first)) {
        this.leaves.push([first, second]);
        continue;
      }
      first.inputs.forEach((input, index) => waiting.push([input, second.inputs[index]]));
      for (const [own, other] of bodiesOf(first, second)) {
        own.outputs.forEach((output, index) => waiting.push([output, other.outputs[index]]));
        own.parameters.forEach((parameter, index) => waiting.push([parameter, other.parameters[index]]));
      }
    }
  }
}

function areAlike(first: Node, second: Node): boolean {
  if (first.primitive.name !== second.primitive.name || first.inputs.length !== second.inputs.length) return false;
  if (first.type.dtype !== second.type.dtype || first.type.shape.length !== second.type.shape.length) return false;
  if (hasValue(first) || hasValue(second)) {
    return hasValue(first) && hasValue(second) && sameShape(first.type.shape, second.type.shape);
  }
  return Object.entries(first.attributes).every(([name, value]) => isAlike(value, second.attributes[name]));
}

/** Lists of numbers may differ, single numbers not: a constant that grows with the batch has no name in the file. */
function isAlike(first: AttributeValue, second: AttributeValue): boolean {
  if (Array.isArray(first) || typeof first === "object") return typeof second === "object";
  return Object.is(first, second);
}

function bodiesOf(first: Node, second: Node): (readonly [Graph, Graph])[] {
  return Object.entries(first.attributes).flatMap(([name, value]) => {
    const other = second.attributes[name];
    return isGraph(value) && other !== undefined && isGraph(other) ? [[value, other] as const] : [];
  });
}

/** What a file cannot say of a batch. */
export function dependent(what: string): SinterError {
  return new SinterError(
    "option",
    `${what} depends on the size of the batch in a way that ONNX cannot say. Export with { batchSize: … } for one size.`,
  );
}
