// A network as the nodes that TensorBoard draws: a node for each call of a layer, with its options and shapes.

import type { ConfigValue } from "#engine/base/options.ts";
import { sizeOf } from "#engine/base/shape.ts";
import type { GraphNode } from "#learning/formats/tfevents/event.ts";
import type { SampleType } from "#learning/nn/layer.ts";
import type { Network, NetworkCall } from "#learning/nn/network.ts";

/** The nodes of a network, each after those that it takes values of. */
export function graphOf(network: Network): GraphNode[] {
  const nodes: GraphNode[] = [];
  /** What each value of the network is called. */
  const values: string[] = [];
  const numCalls = new Map<string, number>();
  for (const call of network.calls) {
    const placed = network.layers[call.layer];
    if (placed === undefined) continue;
    const number = numCalls.get(placed.name) ?? 0;
    numCalls.set(placed.name, number + 1);
    const name = number === 0 ? placed.name : `${placed.name}_call_${number}`;
    const isInput = placed.layer.config.kind === "input";
    const given = call.inputs.map((value) => values[value] ?? "");
    // The first of layers in a row takes the network's input itself.
    const inputs = given.length === 0 && !isInput ? [addInput(nodes, network)] : given;
    nodes.push({ name, op: placed.layer.className, inputs, ...facts(network, call) });
    values.push(...call.outputs.map((_, index) => (index === 0 ? name : `${name}:${index}`)));
  }
  return nodes;
}

function addInput(nodes: GraphNode[], { input, layers }: Network): string {
  const name = layers.some((layer) => layer.name === "input") ? "network_input" : "input";
  nodes.push({ name, op: "InputLayer", inputs: [], outputShapes: [shapeOf(input)] });
  return name;
}

function facts({ layers }: Network, { layer: place, outputs }: NetworkCall): Partial<GraphNode> {
  const placed = layers[place];
  const numWeights = (placed?.weights ?? []).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const options = Object.entries(placed?.layer.config.options ?? {}).flatMap(([name, value]) => {
    const text = name === "name" ? undefined : optionText(value);
    return text === undefined ? [] : [[name, text] as const];
  });
  const weights = (placed?.weights ?? []).map(
    ({ name, shape }) => [`weight ${name}`, `[${shape.join(", ")}]`] as const,
  );
  return {
    outputShapes: outputs.map(shapeOf),
    attributes: Object.fromEntries([...options, ...weights, ["numWeights", numWeights]]),
  };
}

/** With the batch, which may be of any size. */
function shapeOf({ shape }: SampleType): number[] {
  return [-1, ...shape];
}

function optionText(value: ConfigValue): string | number | boolean | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value).slice(0, 200) : value;
}
