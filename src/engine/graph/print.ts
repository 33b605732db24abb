// Graphs as text: a line for each node, inputs before users, numbered from 0. Equal graphs give equal text.

import { isGraph, sortNodes, typeText, type AttributeValue, type Graph, type Node } from "#engine/graph/graph.ts";

/**
 * `%2 = add(%0, %1) f32 [2, 3]`, one line a node; the last line names the outputs.
 * @example printGraph({ parameters: [x], outputs: [exp(x)], donations: [-1] })
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Node, string>();
  const nodes = [...graph.parameters, ...sortNodes(graph.outputs).filter((node) => !graph.parameters.includes(node))];
  const lines = nodes.map((node, index) => {
    names.set(node, `%${index}`);
    return nodeLine(node, names);
  });
  const outputs = graph.outputs.map((output, index) => {
    const donation = graph.donations[index] ?? -1;
    const parameter = graph.parameters[donation];
    return nameOf(output, names) + (parameter === undefined ? "" : ` in place of ${nameOf(parameter, names)}`);
  });
  return [...lines, `return ${outputs.join(", ")}`].join("\n");
}

function nodeLine(node: Node, names: ReadonlyMap<Node, string>): string {
  const { dtype: _dtype, shape: _shape, ...rest } = node.attributes;
  // A parameter's attributes are its type, which is printed anyway.
  const attributes = node.primitive.trait === "parameter" ? rest : node.attributes;
  const inputs = node.inputs.map((input) => nameOf(input, names));
  const options = Object.entries(attributes).map(([key, value]) => `${key}: ${valueText(value)}`);
  const call = `${node.primitive.name}(${[...inputs, ...options].join(", ")})`;
  return `${nameOf(node, names)} = ${call} ${typeText(node.type)}`;
}

function nameOf(node: Node, names: ReadonlyMap<Node, string>): string {
  return names.get(node) ?? `%?${node.primitive.name}`;
}

function valueText(value: AttributeValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object") {
    if (isGraph(value)) return `{\n  ${printGraph(value).replaceAll("\n", "\n  ")}\n}`;
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${valueText(one)}`)
      .join(", ")} }`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
