// Simplifies a graph: equal nodes become one, and primitives put cheaper equal nodes in their place. Runs on the forward
// graph before reverse mode, and once more on all that is compiled.

import { lowerNode } from "#engine/graph/primitive.ts";
import {
  apply,
  isGraph,
  sortNodes,
  type Attributes,
  type AttributeValue,
  type Graph,
  type Node,
} from "#engine/graph/graph.ts";
import { printGraph } from "#engine/graph/print.ts";
import { identityPrimitive } from "#engine/ops/identity.ts";
import { sameShape } from "#engine/base/shape.ts";

/**
 * The graph below `outputs`, rebuilt.
 * @param isLeaf whether a node is taken as it is and not entered
 * @param stage `final` when nothing will be differentiated any more: then nodes that only stand for another (identity, a
 * composition with its own gradient) give way to it
 * @returns for every node that was there the node that stands for it now
 */
export function simplifyGraph(
  outputs: readonly Node[],
  isLeaf: (node: Node) => boolean = () => false,
  stage: Stage = "forward",
): ReadonlyMap<Node, Node> {
  const simplifier = new Simplifier(isLeaf, stage);
  for (const output of outputs) simplifier.enter(output);
  return simplifier.replaced;
}

type Stage = "forward" | "final";

class Simplifier {
  readonly replaced = new Map<Node, Node>();
  readonly #isLeaf: (node: Node) => boolean;
  readonly #stage: Stage;
  readonly #known = new Map<string, Node>();
  readonly #primitiveNumbers = new Map<Node["primitive"], number>();
  /** Of bodies of loops, by their parameters: what stands for a node is the same for all results of a loop. */
  readonly #bodies = new Map<string, Simplifier>();

  constructor(isLeaf: (node: Node) => boolean, stage: Stage) {
    this.#isLeaf = isLeaf;
    this.#stage = stage;
  }

  /** What stands for a node. */
  enter(root: Node): Node {
    const { replaced } = this;
    for (const node of sortNodes([root], (one) => replaced.has(one) || this.#isLeaf(one))) {
      if (!replaced.has(node)) replaced.set(node, this.#isLeaf(node) ? node : this.#standIn(node));
    }
    return replaced.get(root) ?? root;
  }

  #standIn(node: Node): Node {
    const rebuilt = this.#rebuilt(node);
    const key = this.#keyOf(rebuilt);
    const equal = this.#known.get(key);
    if (equal !== undefined) return equal;
    const simpler = this.#stage === "final" ? operandThatItIs(rebuilt) : undefined;
    const next = simpler ?? rebuilt.primitive.simplify?.(rebuilt.inputs, rebuilt.attributes, rebuilt.type);
    const result = next === undefined ? rebuilt : this.enter(next);
    this.#known.set(key, result);
    this.replaced.set(result, result);
    return result;
  }

  #keyOf(node: Node): string {
    // Parameters and identities are told apart by what they are, not by how they are made.
    if (node.primitive.trait === "parameter" || node.primitive === identityPrimitive) return `node ${node.id}`;
    const number = this.#primitiveNumbers.get(node.primitive) ?? this.#primitiveNumbers.size;
    this.#primitiveNumbers.set(node.primitive, number);
    return `${number}(${idsOf(node.inputs)})${attributesKey(node.attributes, graphIds)}`;
  }

  #rebuilt(node: Node): Node {
    const inputs = node.inputs.map((input) => this.replaced.get(input) ?? input);
    const attributes = node.primitive.trait === "loop" ? this.#withBodies(node.attributes) : node.attributes;
    const isSame = attributes === node.attributes && inputs.every((input, index) => input === node.inputs[index]);
    return isSame ? node : apply(node.primitive, inputs, attributes);
  }

  #withBodies(attributes: Attributes): Attributes {
    let result = attributes;
    for (const [name, value] of Object.entries(attributes)) {
      if (!isGraph(value)) continue;
      const key = idsOf(value.parameters);
      const body = this.#bodies.get(key) ?? new Simplifier(() => false, this.#stage);
      this.#bodies.set(key, body);
      const outputs = value.outputs.map((output) => body.enter(output));
      const isSame = outputs.every((output, index) => output === value.outputs[index]);
      if (!isSame) result = { ...result, [name]: { ...value, outputs } };
    }
    return result;
  }
}

/** The operand that a node repeats place by place, if it does. */
function operandThatItIs(node: Node): Node | undefined {
  if (node.primitive.trait !== "movement") return undefined;
  const form = lowerNode(node);
  if (form.kind !== "map" || form.value.kind !== "read") return undefined;
  const operand = node.inputs[form.value.operand];
  if (operand === undefined || !sameShape(operand.type.shape, node.type.shape)) return undefined;
  const isOwnPlace = form.value.at.every(
    (place, index) =>
      (place.kind === "axis" && place.axis === index) || (place.kind === "constant" && node.type.shape[index] === 1),
  );
  return isOwnPlace && operand.type.dtype === node.type.dtype ? operand : undefined;
}

/** A text that is equal for equal attributes only. @param graphKey the same for a graph among them */
export function attributesKey(attributes: Attributes, graphKey: (graph: Graph) => string = printGraph): string {
  return valueKey(attributes, graphKey);
}

function valueKey(value: AttributeValue, graphKey: (graph: Graph) => string): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object") return typeof value === "string" ? JSON.stringify(value) : String(value);
  if (isList(value)) return `[${value.map((one) => valueKey(one, graphKey)).join()}]`;
  if (isGraph(value)) return `(${graphKey(value)})`;
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${key}:${valueKey(value[key], graphKey)}`).join()}}`;
}

function isList(value: readonly AttributeValue[] | Attributes | Graph): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

/** Equal for the same nodes. */
function graphIds({ parameters, outputs }: Graph): string {
  return `${idsOf(parameters)};${idsOf(outputs)}`;
}

function idsOf(nodes: readonly Node[]): string {
  return nodes.map(({ id }) => id).join();
}
