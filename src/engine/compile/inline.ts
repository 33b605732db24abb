// Inlining: the value of a node at a place, where some nodes are read from memory and the rest are computed in place.

import { BugError } from "#engine/base/error.ts";
import { partsOf, read, rewrite, scalarTypeOf, unary, walk, type Expression } from "#engine/graph/expression.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { Group } from "#engine/compile/group.ts";
import type { Node } from "#engine/graph/graph.ts";
import { lowerNode, type Form } from "#engine/graph/primitive.ts";

/** Lowers every node once. */
export class Forms {
  readonly #forms = new Map<Node, Form>();

  of(node: Node): Form {
    const known = this.#forms.get(node);
    if (known !== undefined) return known;
    const form = lowerNode(node);
    this.#forms.set(node, form);
    return form;
  }
}

/** Collects the nodes that expressions of one group read, and numbers them. */
export class Reader {
  readonly inputs: Node[] = [];
  readonly #numbers = new Map<Node, number>();

  readonly #forms: Forms;
  readonly #isStored: (node: Node) => boolean;
  /** Values that the group itself has, by node: an accumulator instead of a read. */
  readonly own: Map<Node, Expression> = new Map();
  /** Computed values at the places they were asked for: in a chain of shared nodes each would be built again and again. */
  readonly #known = new Map<Node, { readonly place: readonly Expression[]; readonly value: Expression }[]>();

  constructor(forms: Forms, isStored: (node: Node) => boolean) {
    this.#forms = forms;
    this.#isStored = isStored;
  }

  number(node: Node): number {
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    this.#numbers.set(node, this.inputs.length);
    this.inputs.push(node);
    return this.inputs.length - 1;
  }

  /** The node's value at a place. */
  valueAt(node: Node, place: readonly Expression[]): Expression {
    const own = this.own.get(node);
    if (own !== undefined) return own;
    if (this.#isStored(node)) return read(this.number(node), place, scalarTypeOf(node.type.dtype));
    const form = this.#forms.of(node);
    if (form.kind !== "map") throw new BugError(`A ${form.kind} of ${node.primitive.name} cannot be inlined.`);
    let known = this.#known.get(node);
    if (known === undefined) this.#known.set(node, (known = []));
    const found = known.find((one) => isSamePlace(one.place, place));
    if (found !== undefined) return found.value;
    const value = this.expand(node, form.value, place);
    known.push({ place, value });
    return value;
  }

  /** An expression of a node's form with axes replaced by a place and operands by their values. */
  expand(node: Node, expression: Expression, place: readonly Expression[]): Expression {
    const value = rewrite(expression, (part) => {
      if (part.kind === "axis") return place[part.axis];
      if (part.kind !== "read") return undefined;
      const input = node.inputs[part.operand];
      if (input === undefined) throw new BugError(`${node.primitive.name} reads an operand it does not have.`);
      return this.valueAt(input, part.at);
    });
    return rounded(node, value);
  }
}

function isSamePlace(one: readonly Expression[], other: readonly Expression[]): boolean {
  return one.every((part, axis) => part === other[axis]);
}

/** Storage types narrower than f32 round whatever passes through them. */
function rounded(node: Node, value: Expression): Expression {
  if (node.type.dtype === "f16") return unary("roundF16", value);
  return node.type.dtype === "bf16" ? unary("roundBf16", value) : value;
}

/** A rough price of evaluating an expression once, in vector instructions; reads cost one. */
export function priceOf(expression: Expression): number {
  let price = 0;
  walk(expression, (part) => {
    price += pricePart(part);
  });
  return price;
}

function pricePart(part: Expression): number {
  switch (part.kind) {
    case "unary":
      return cheapUnary.has(part.operation) ? 1 : 12;
    case "binary":
      if (part.type === "i32" && partsOf(part).some((one) => one.kind === "constant")) return 0;
      return part.operation === "power" ? 30 : 1;
    case "select":
    case "read":
      return 1;
    case "random":
      return 40;
    default:
      return 0;
  }
}

/** Floating point operations of evaluating an expression once: reads, choices, comparisons and index arithmetic are none. */
function flopsOf(expression: Expression): number {
  let flops = 0;
  walk(expression, (part) => {
    if (part.type !== "f32") return;
    if (part.kind === "binary" || (part.kind === "unary" && part.operation !== "toF32")) flops += 1;
  });
  return flops;
}

/** Floating point operations of a group without contraction; `isPartial` where its outputs are evaluated elsewhere. */
export function flopsOfLoops({ space, window, reductions, outputs, wideOutputs }: Group, isPartial: boolean): number {
  const sum = (values: readonly { readonly value: Expression }[]): number =>
    values.reduce((total, { value }) => total + flopsOf(value), 0);
  const inWindow = sum(reductions) + reductions.length + sum(wideOutputs);
  return sizeOf(space) * (sizeOf(window) * inWindow + (isPartial ? 0 : sum(outputs)));
}

const cheapUnary: ReadonlySet<string> = new Set([
  "negate",
  "abs",
  "sqrt",
  "floor",
  "ceil",
  "round",
  "not",
  "toF32",
  "toI32",
  "toBool",
]);
