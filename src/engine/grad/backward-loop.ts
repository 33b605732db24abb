// The loop that carries cotangents through the iterations of another, backwards. What it needs of them are their carries and
// what was dear to compute, as rows; the rest it computes again. Gradients of constants are added in a carry, or as one
// computation over all rows behind the loop.

import { BugError } from "#engine/base/error.ts";
import { apply, sortNodes, type Node } from "#engine/graph/graph.ts";
import type { Loop } from "#engine/graph/loop.ts";
import { lowerNode } from "#engine/graph/primitive.ts";
import { add } from "#engine/ops/add.ts";
import { cast } from "#engine/ops/cast.ts";
import { at } from "#engine/ops/check.ts";
import { constant } from "#engine/ops/constant.ts";
import { dotPrimitive } from "#engine/ops/dot.ts";
import { stackOf } from "#engine/ops/loop.ts";
import { parameter } from "#engine/ops/parameter.ts";
import { repeat } from "#engine/ops/repeat.ts";
import { transpose } from "#engine/ops/transpose.ts";
import { dependentsOf } from "#engine/grad/dependence.ts";
import { joinPads } from "#engine/grad/join-pads.ts";
import { lateSumOf, type LateSum } from "#engine/grad/late-sum.ts";
import { overInputs, substitute } from "#engine/grad/substitute.ts";

/** A parameter of a body that takes rows. */
export interface Row {
  readonly parameter: Node;
  readonly source: Node;
}

/** The gradient of one iteration, as nodes over the body's and these parameters. */
export interface IterationGradient {
  readonly loop: Loop;
  readonly inputs: readonly Node[];
  /** Cotangents of what the loop stacks. */
  readonly given: readonly Row[];
  /** Of carries: the cotangent after the iteration, behind the last one, and before the iteration. */
  readonly carries: readonly {
    readonly parameter: Node;
    readonly initial: Node;
    readonly next: Node;
    /** Which input it is the gradient of. */
    readonly input: number;
  }[];
  /** Of constants and rows. */
  readonly others: readonly { readonly input: number; readonly gradient: Node }[];
}

/** The gradients of the loop's inputs, by number. */
export function backwardLoop(iteration: IterationGradient): ReadonlyMap<number, Node> {
  return new BackwardLoop(iteration).gradients();
}

interface Sum {
  readonly input: number;
  readonly gradient: Node;
  readonly late: LateSum | undefined;
}

class BackwardLoop {
  readonly #iteration: IterationGradient;
  readonly #next: readonly Node[];
  readonly #ofRows: readonly { readonly input: number; readonly gradient: Node }[];
  readonly #ofConstants: readonly Sum[];
  readonly #values: BackwardValues;

  constructor(iteration: IterationGradient) {
    this.#iteration = iteration;
    const { loop, inputs, carries, others } = iteration;
    const { numConstants } = loop;
    // A gradient of its own may name what the function took from outside: it means the constant.
    const constants = new Map(
      inputs.slice(0, numConstants).map((input, index) => [input, at(loop.body.parameters, index)]),
    );
    const given = [...carries.map(({ next }) => next), ...others.map(({ gradient }) => gradient)];
    const nodes = joinPads(substitute(given, constants));
    this.#next = nodes.slice(0, carries.length);
    const inBody = others.map(({ input }, index) => ({ input, gradient: at(nodes, carries.length + index) }));
    const cotangents = [...carries, ...iteration.given].map((one) => one.parameter);
    const varying = dependentsOf(nodes, [...cotangents, ...loop.body.parameters.slice(numConstants)]);
    this.#ofRows = inBody.filter(({ input }) => input >= numConstants);
    this.#ofConstants = inBody
      .filter(({ input }) => input < numConstants)
      .map((one) => ({ ...one, late: lateSumOf(one.gradient, (node) => varying.has(node)) }));
    this.#values = new BackwardValues(iteration, { nodes, cotangents, varying });
  }

  gradients(): ReadonlyMap<number, Node> {
    const { loop, carries, inputs, given } = this.#iteration;
    const values = this.#values;
    const added = this.#ofConstants
      .filter(({ late }) => late === undefined)
      .map((one) => accumulator(one.gradient, one.input));
    const late = this.#ofConstants.flatMap(({ input, late: sum }) => (sum === undefined ? [] : [{ input, sum }]));
    const parts = [...new Set(late.flatMap(({ sum }) => sum.parts))];
    const carried = [
      ...carries.map((carry, index) => ({ ...carry, next: values.of(at(this.#next, index)) })),
      ...added.map((one) => ({ ...one, next: add(one.parameter, cast(values.of(one.gradient), "f32")) })),
    ];
    const stacked = this.#ofRows.map(({ gradient }) => values.of(gradient));
    const own = parts.map((part) => values.of(part));
    const isStacked = (node: Node): boolean => this.#sourceOf(node) === undefined;
    const { length, isReversed } = loop;
    const unknown = own.filter(isStacked);
    const rows = [...given, ...values.rows];
    const made = repeat({ length, isReversed: !isReversed, carries: carried, rows, stacked: [...stacked, ...unknown] });
    const result = new Map<number, Node>();
    carried.forEach(({ input }, index) =>
      result.set(input, cast(at(made.carries, index), at(inputs, input).type.dtype)),
    );
    this.#ofRows.forEach(({ input }, index) => result.set(input, at(made.stacks, index)));
    const rowsOf = (part: Node): Node => {
      const node = values.of(part);
      return this.#sourceOf(node) ?? at(made.stacks, stacked.length + unknown.indexOf(node));
    };
    for (const { input, sum } of late) result.set(input, sum.build(sum.parts.map(rowsOf)));
    return result;
  }

  /** The rows that a parameter takes. */
  #sourceOf(node: Node): Node | undefined {
    return [...this.#iteration.given, ...this.#values.rows].find((row) => row.parameter === node)?.source;
  }
}

/** A carry in which gradients are added up. f16 and bf16 are storage: they are added as f32. */
function accumulator(gradient: Node, input: number) {
  const type = { dtype: "f32", shape: gradient.type.shape } as const;
  return { parameter: parameter(type), initial: constant(0, type), gradient, input };
}

/** What stands in the backward body for nodes of the iteration. */
class BackwardValues {
  /** Forward values that come as rows. */
  readonly rows: Row[] = [];
  readonly #known = new Map<Node, Node>();
  readonly #turnedConstants = new Map<Node, Node>();
  readonly #iteration: IterationGradient;
  readonly #backward: ReadonlySet<Node>;
  readonly #varying: ReadonlySet<Node>;
  /** Nodes that need more than the body's parameters. */
  readonly #open: ReadonlySet<Node>;

  constructor(
    iteration: IterationGradient,
    options: {
      readonly nodes: readonly Node[];
      readonly cotangents: readonly Node[];
      readonly varying: ReadonlySet<Node>;
    },
  ) {
    this.#iteration = iteration;
    const { body, numConstants } = iteration.loop;
    this.#varying = options.varying;
    this.#backward = dependentsOf(options.nodes, options.cotangents);
    const others = sortNodes(options.nodes).filter(
      (node) => node.primitive.trait === "parameter" && !body.parameters.includes(node),
    );
    this.#open = dependentsOf(options.nodes, others);
    for (const cotangent of options.cotangents) this.#known.set(cotangent, cotangent);
    body.parameters.slice(0, numConstants).forEach((node, index) => this.#known.set(node, at(iteration.inputs, index)));
  }

  of(output: Node): Node {
    const known = this.#known;
    for (const node of sortNodes([output], (one) => known.has(one) || this.#isRow(one))) {
      if (known.has(node)) continue;
      known.set(node, this.#isRow(node) ? this.#row(node) : (this.#turned(node) ?? this.#rebuilt(node)));
    }
    const value = known.get(output);
    if (value === undefined) throw new BugError("A value of a backward loop is missing.");
    return value;
  }

  #rebuilt(node: Node): Node {
    return overInputs(node, (input) => this.#known.get(input) ?? input);
  }

  /** A product with a constant along its last axis: turned once, all iterations read the constant as it lies. */
  #turned(node: Node): Node | undefined {
    const { body, numConstants } = this.#iteration.loop;
    const { rightContract, rightBatch } = node.attributes;
    const axes = JSON.stringify([rightContract, rightBatch]);
    const isRows = node.primitive === dotPrimitive && axes === "[[1],[]]";
    const constant = isRows ? body.parameters.indexOf(at(node.inputs, 1)) : -1;
    if (constant < 0 || constant >= numConstants || at(node.inputs, 1).type.shape.length !== 2) return undefined;
    const right = at(this.#iteration.inputs, constant);
    const turned = this.#turnedConstants.get(right) ?? transpose(right, [1, 0]);
    this.#turnedConstants.set(right, turned);
    const left = at(this.#rebuilt(node).inputs, 0);
    return apply(dotPrimitive, [left, turned], { ...node.attributes, rightContract: [0] });
  }

  /** Whether the iteration's value is kept: what is dear to compute, and what iterations are given. */
  #isRow(node: Node): boolean {
    if (this.#backward.has(node) || !this.#varying.has(node)) return false;
    const { body } = this.#iteration.loop;
    return body.parameters.includes(node) || (!this.#open.has(node) && lowerNode(node).kind !== "map");
  }

  #row(node: Node): Node {
    const { loop, inputs } = this.#iteration;
    const index = loop.body.parameters.indexOf(node);
    const isGiven = index >= loop.numConstants + loop.numCarries;
    const own = index >= 0 ? node : parameter(node.type);
    this.rows.push({ parameter: own, source: isGiven ? at(inputs, index) : stackOf(inputs, loop, node) });
    return own;
  }
}
