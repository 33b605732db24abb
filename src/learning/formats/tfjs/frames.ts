// Loops of TensorFlow 1 in a graph: a frame of Enter, Merge, Switch, NextIteration and Exit around nodes becomes one While with two
// functions, which take what the Merges hold. How TensorFlow lowers loops of its later versions, too.

import { damaged } from "./emit-graph.ts";
import type { GraphDef, GraphDefFunction, GraphDefNode, NodeAttribute, NodeInput } from "./graph-def.ts";

/** One loop. */
interface Frame {
  readonly name: string;
  /** Values that change from round to round. */
  readonly carried: readonly Carried[];
  /** Entered once, the same in every round. */
  readonly constants: readonly GraphDefNode[];
  /** Whether it goes on. */
  readonly condition: NodeInput;
}

interface Carried {
  readonly enter: GraphDefNode;
  readonly merge: GraphDefNode;
  readonly switched: GraphDefNode | undefined;
  readonly next: NodeInput;
}

/** Nodes of all frames' functions together. */
const maxWork = 20_000_000;

/** The graph with loops in place of frames; itself where it has none. @throws format where a frame is not whole */
export function withLoops(definition: GraphDef): GraphDef {
  if (!definition.nodes.some(({ operation }) => operation === "Enter")) return definition;
  const frames = framesOf(definition.nodes);
  if (frames.length * definition.nodes.length > maxWork) throw damaged(`${frames.length} loops`);
  const loops = frames.map(loopOf);
  const exits = new Map(frames.flatMap((frame) => exitsOf(frame, definition.nodes)));
  const nodes = [...definition.nodes.map((node) => exits.get(node.name) ?? node), ...loops];
  const functions = frames.flatMap((frame) => functionsOf(frame, nodes));
  return { ...definition, nodes, functions: new Map([...definition.functions, ...functions]) };
}

function framesOf(nodes: readonly GraphDefNode[]): Frame[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const enters = new Map<string, GraphDefNode[]>();
  for (const node of nodes) {
    if (node.operation !== "Enter") continue;
    const name = textOf(node, "frame_name");
    enters.set(name, [...(enters.get(name) ?? []), node]);
  }
  const merges = nodes.filter(({ operation }) => operation === "Merge");
  const switches = new Map(
    nodes.filter(({ operation }) => operation === "Switch").map((node) => [node.inputs[0]?.node ?? "", node]),
  );
  return [...enters].map(([name, own]) => {
    const carried = own.flatMap((enter): Carried[] => {
      const merge = merges.find(({ inputs }) => inputs.some((input) => input.node === enter.name));
      if (merge === undefined) return [];
      const back = merge.inputs.find((input) => input.node !== enter.name);
      const next = byName.get(back?.node ?? "")?.inputs[0];
      if (next === undefined) throw damaged(`loop "${name.slice(0, 80)}" has a value that no round changes`);
      return [{ enter, merge, switched: switches.get(merge.name), next }];
    });
    const constants = own.filter((enter) => carried.every((one) => one.enter !== enter));
    const condition = conditionOf(carried, byName);
    if (condition === undefined) throw damaged(`loop "${name.slice(0, 80)}" has no condition`);
    return { name, carried, constants, condition };
  });
}

function textOf({ attributes }: GraphDefNode, name: string): string {
  const attribute = attributes.get(name);
  return attribute?.kind === "text" ? attribute.value : "";
}

/** What the frame's LoopCond takes; its Switches name it. */
function conditionOf(carried: readonly Carried[], byName: ReadonlyMap<string, GraphDefNode>): NodeInput | undefined {
  for (const { switched } of carried) {
    const loop = byName.get(switched?.inputs[1]?.node ?? "");
    if (loop?.operation === "LoopCond") return loop.inputs[0];
  }
  return undefined;
}

const loopName = ({ name }: Frame): string => `${name}/~loop`;
const argument = ({ name }: Frame, place: number): string => `${name}/~argument${place}`;

function entered({ carried, constants }: Frame): GraphDefNode[] {
  return [...carried.map(({ enter }) => enter), ...constants];
}

/** The loop as TensorFlow 2 has it. */
function loopOf(frame: Frame): GraphDefNode {
  const inputs = entered(frame).map((enter) => {
    const [input] = enter.inputs;
    if (input === undefined) throw damaged(`node "${enter.name.slice(0, 80)}" has no input`);
    return input;
  });
  const attributes = new Map<string, NodeAttribute>(
    ["cond", "body"].map((side) => [side, { kind: "function", value: `${loopName(frame)}/${side}` }]),
  );
  return { name: loopName(frame), operation: "While", inputs, attributes };
}

/** What leaves the loop. */
function exitsOf(frame: Frame, nodes: readonly GraphDefNode[]): [string, GraphDefNode][] {
  const places = new Map(frame.carried.map(({ switched }, place) => [switched?.name ?? "", place]));
  return nodes.flatMap((node): [string, GraphDefNode][] => {
    const output = node.operation === "Exit" ? places.get(node.inputs[0]?.node ?? "") : undefined;
    if (output === undefined) return [];
    return [[node.name, { ...node, operation: "Identity", inputs: [{ node: loopName(frame), output }] }]];
  });
}

function functionsOf(frame: Frame, nodes: readonly GraphDefNode[]): [string, GraphDefFunction][] {
  const arguments_ = entered(frame).map((_, place) => argument(frame, place));
  const given = new Map<string, NodeInput>();
  const give = (name: string, place: number): void => {
    given.set(name, { node: argument(frame, place), output: 0 });
  };
  frame.carried.forEach(({ merge, switched }, place) => {
    give(merge.name, place);
    if (switched !== undefined) give(switched.name, place);
  });
  frame.constants.forEach((enter, place) => give(enter.name, frame.carried.length + place));
  const taken = (input: NodeInput): NodeInput => given.get(input.node) ?? input;
  const inner = nodes.map((node) =>
    node.inputs.some((input) => given.has(input.node)) ? { ...node, inputs: node.inputs.map(taken) } : node,
  );
  const made = (side: string, results: readonly NodeInput[]): [string, GraphDefFunction] => {
    const name = `${loopName(frame)}/${side}`;
    return [name, { name, arguments: arguments_, results, nodes: inner }];
  };
  return [
    made("cond", [taken(frame.condition)]),
    made("body", [
      ...frame.carried.map(({ next }) => taken(next)),
      ...frame.constants.map((_, place) => ({ node: argument(frame, frame.carried.length + place), output: 0 })),
    ]),
  ];
}
