// What can be said of a graph without computing it: which names its nodes use, also inside the graphs of their attributes, and
// which constants training may change.

import { isFloatingType } from "./element-types.ts";
import type { Attribute, Graph, GraphModel, GraphNode } from "./graph.ts";
import { nameOfOperator, type Operators } from "./operator.ts";

const usedByNodes = new WeakMap<GraphNode, readonly string[]>();

/** Names that a node reads: its inputs, and what its graphs take from around them. */
export function namesUsedBy(node: GraphNode): readonly string[] {
  const found = usedByNodes.get(node);
  if (found !== undefined) return found;
  const names = new Set(node.inputs.filter((name) => name !== ""));
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === "graph") for (const name of namesFromAround(attribute.value)) names.add(name);
  }
  const list = [...names];
  usedByNodes.set(node, list);
  return list;
}

/** Names that a graph reads but does not define. */
function namesFromAround(graph: Graph): Set<string> {
  const own = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  const names = new Set<string>();
  for (const node of graph.nodes) {
    for (const name of namesUsedBy(node)) if (!own.has(name)) names.add(name);
    for (const name of node.outputs) own.add(name);
  }
  for (const { name } of graph.outputs) if (!own.has(name)) names.add(name);
  return names;
}

/**
 * Names of constants that are weights: floating, of at least one axis, and nowhere a number that an operator must know or that
 * training leaves alone (moving statistics, scales of quantization, sizes).
 */
export function weightNames({ graph }: GraphModel, operators: Operators): Set<string> {
  const names = new Set<string>();
  for (const [name, { type, shape }] of graph.initializers) {
    if (isFloatingType(type) && shape.length > 0) names.add(name);
  }
  for (const node of graph.nodes) {
    const name = nameOfOperator(node);
    const { known = [], frozen = [] } = (Object.hasOwn(operators, name) ? operators[name] : undefined) ?? {};
    const isListed = known !== "all" && typeof known !== "function";
    const places = known === "all" ? node.inputs.map((_, place) => place) : [...(isListed ? known : []), ...frozen];
    for (const place of places) names.delete(node.inputs[place] ?? "");
  }
  return names;
}

/** A node of a function whose attributes are those of the caller where it says so. */
export function withAttributes(node: GraphNode, given: ReadonlyMap<string, Attribute>): GraphNode {
  const isBound = [...node.attributes.values()].every(({ kind }) => kind !== "reference" && kind !== "graph");
  if (isBound) return node;
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const bound = attribute.kind === "reference" ? given.get(attribute.value) : attribute;
    if (bound?.kind === "graph") {
      const nodes = bound.value.nodes.map((inner) => withAttributes(inner, given));
      attributes.set(name, { kind: "graph", value: { ...bound.value, nodes } });
    } else if (bound !== undefined) attributes.set(name, bound);
  }
  return { ...node, attributes };
}
