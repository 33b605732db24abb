// Damages a decoded graph where damaged bytes seldom get through: attributes, constants, names, operators, outputs. The same for
// the same number.

import { isNumbers } from "#learning/formats/onnx/value.ts";
import type { Attribute, Graph, GraphModel, GraphNode, GraphTensor } from "#learning/formats/onnx/graph.ts";
import { operators } from "#learning/formats/onnx/operators/index.ts";
import { Random } from "./mutations.ts";

const numbers = [
  0,
  1,
  -1,
  2,
  3,
  7,
  -2,
  16,
  255,
  4097,
  65_537,
  2 ** 24 + 1,
  2 ** 28,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 + 1,
  -(2 ** 31),
  2 ** 53,
  -(2 ** 53),
  0.5,
  1e-30,
  1e30,
  Number.NaN,
  Number.POSITIVE_INFINITY,
] as const;
const names: readonly string[] = Object.keys(operators).toSorted();
const texts = [
  "",
  "__proto__",
  "constructor",
  "SAME_UPPER",
  "reflect",
  "linear",
  "cubic",
  "NHWC",
  "wrap",
  "max",
  "add",
  "...i,i",
];

/** A graph with one to three faults. */
export function damageGraph(model: GraphModel, number: number): GraphModel {
  const random = new Random(number);
  let { graph } = model;
  for (let left = 1 + random.below(3); left > 0; left -= 1) graph = damaged(graph, random);
  return { ...model, graph };
}

function damaged(graph: Graph, random: Random): Graph {
  if (random.below(3) === 0 && graph.initializers.size > 0) {
    const place = random.below(graph.initializers.size);
    const initializers = [...graph.initializers].map(([name, tensor], index) =>
      index === place ? ([name, damagedTensor(tensor, random)] as const) : ([name, tensor] as const),
    );
    return { ...graph, initializers: new Map(initializers) };
  }
  const place = random.below(graph.nodes.length);
  return {
    ...graph,
    nodes: graph.nodes.map((node, index) => (index === place ? damagedNode(node, graph, random) : node)),
  };
}

function damagedNode(node: GraphNode, graph: Graph, random: Random): GraphNode {
  const values = [...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)];
  const all = [...values, ...graph.nodes.flatMap(({ outputs }) => outputs), ""];
  const some = (): string => all[random.below(all.length)] ?? "";
  switch (random.below(6)) {
    case 0:
      return { ...node, operator: names[random.below(names.length)] ?? "" };
    case 1:
      return { ...node, inputs: node.inputs.map((name) => (random.below(node.inputs.length) === 0 ? some() : name)) };
    case 2:
      return { ...node, inputs: random.below(2) === 0 ? node.inputs.slice(1) : [...node.inputs, some()] };
    case 3:
      return {
        ...node,
        outputs: [...node.outputs, ...Array.from({ length: 1 + random.below(40) }, (_, at) => `more ${at}`)],
      };
    default: {
      const { size } = node.attributes;
      const place = random.below(Math.max(size, 1));
      const attributes = [...node.attributes].map(([name, attribute], index) =>
        index === place ? ([name, damagedAttribute(attribute, random)] as const) : ([name, attribute] as const),
      );
      return { ...node, attributes: new Map(attributes) };
    }
  }
}

function damagedAttribute(attribute: Attribute, random: Random): Attribute {
  const number = (): number => random.of(numbers);
  switch (attribute.kind) {
    case "number":
      return { kind: "number", value: number() };
    case "numbers":
      return { kind: "numbers", value: damagedList(attribute.value, random) };
    case "text":
      return { kind: "text", value: texts[random.below(texts.length)] ?? "" };
    case "tensor":
      return { kind: "tensor", value: damagedTensor(attribute.value, random) };
    case "graph":
      return attribute.value.nodes.length === 0
        ? attribute
        : { kind: "graph", value: damaged(attribute.value, random) };
    default:
      return { kind: "number", value: number() };
  }
}

function damagedList(list: readonly number[], random: Random): number[] {
  if (random.below(4) === 0) return list.slice(0, random.below(list.length + 1));
  if (random.below(4) === 0) return [...list, random.of(numbers)];
  return list.map((value) => (random.below(Math.max(list.length, 1)) === 0 ? random.of(numbers) : value));
}

/** Another number among the values, or the same values in another shape. */
function damagedTensor(tensor: GraphTensor, random: Random): GraphTensor {
  const values = tensor.read();
  const { length } = values;
  if (random.below(4) === 0 && isNumbers(values)) return { ...tensor, shape: [length], read: () => values };
  if (random.below(4) === 0) return { ...tensor, shape: [0, 3], read: () => values.slice(0, 0) };
  if (!isNumbers(values) || length === 0) return tensor;
  const changed = values.slice();
  changed[random.below(length)] = random.of(numbers);
  return { ...tensor, read: () => changed };
}
