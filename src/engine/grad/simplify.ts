// Simplifies a graph: equal nodes become one, and primitives put cheaper equal nodes in their place. Runs on the forward
// graph before reverse mode, and once more on all that is compiled.

import { lowerNode } from "#engine/graph/primitive.ts";
import { apply, sortNodes, type Attributes, type AttributeValue, type Node } from "#engine/graph/graph.ts";
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
  stage: "forward" | "final" = "forward",
): ReadonlyMap<Node, Node> {
  const replaced = new Map<Node, Node>();
  const known = new Map<string, Node>();
  const primitiveNumbers = new Map<Node["primitive"], number>();

  const keyOf = (node: Node): string => {
    // Parameters and identities are told apart by what they are, not by how they are made.
    if (node.primitive.trait === "parameter" || node.primitive === identityPrimitive) return `node ${node.id}`;
    const number = primitiveNumbers.get(node.primitive) ?? primitiveNumbers.size;
    primitiveNumbers.set(node.primitive, number);
    return `${number}(${node.inputs.map((input) => input.id).join()})${attributesKey(node.attributes)}`;
  };
  const enter = (root: Node): Node => {
    for (const node of sortNodes([root], (one) => replaced.has(one) || isLeaf(one))) {
      if (!replaced.has(node)) replaced.set(node, isLeaf(node) ? node : standIn(node));
    }
    return replaced.get(root) ?? root;
  };
  const standIn = (node: Node): Node => {
    const rebuilt = rebuild(node, replaced);
    const key = keyOf(rebuilt);
    const equal = known.get(key);
    if (equal !== undefined) return equal;
    const simpler = stage === "final" ? operandThatItIs(rebuilt) : undefined;
    const next = simpler ?? rebuilt.primitive.simplify?.(rebuilt.inputs, rebuilt.attributes, rebuilt.type);
    const result = next === undefined ? rebuilt : enter(next);
    known.set(key, result);
    replaced.set(result, result);
    return result;
  };
  for (const output of outputs) enter(output);
  return replaced;
}

function rebuild(node: Node, replaced: ReadonlyMap<Node, Node>): Node {
  const inputs = node.inputs.map((input) => replaced.get(input) ?? input);
  const isSame = inputs.every((input, index) => input === node.inputs[index]);
  return isSame ? node : apply(node.primitive, inputs, node.attributes);
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

/** A text that is equal for equal attributes only. */
export function attributesKey(attributes: Attributes): string {
  return valueKey(attributes);
}

function valueKey(value: AttributeValue): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object") return typeof value === "string" ? JSON.stringify(value) : String(value);
  if (isList(value)) return `[${value.map(valueKey).join()}]`;
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${key}:${valueKey(value[key])}`).join()}}`;
}

function isList(value: readonly AttributeValue[] | Attributes): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
