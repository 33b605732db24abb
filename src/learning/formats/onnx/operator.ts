// What an operator is: a function from a node's values to its results, and which inputs it must know as numbers. Access to
// inputs and attributes, with the errors that a file earns when they are not as ONNX has them.

import { SinterError } from "#engine/base/error.ts";
import type { Attribute, Graph, GraphNode, GraphTensor } from "./graph.ts";
import { numbersOf, type TensorValue, type Value } from "./value.ts";

/** A node with its values. */
export interface Call {
  readonly node: GraphNode;
  readonly inputs: readonly (Value | undefined)[];
  /** Version of the set of operators that the node's domain has. */
  readonly opset: number;
}

/** Places of inputs, or all of them. */
export type Needed = readonly number[] | "all";

export interface Operator {
  /**
   * Inputs whose numbers it needs: on the host, while a program is traced they are part of it. "all" for operators whose
   * shapes depend on data.
   */
  readonly known?: Needed | ((call: Call) => Needed) | undefined;
  /** Inputs that training leaves alone where they are constants. */
  readonly frozen?: readonly number[] | undefined;
  /** Whether it runs between programs only, as what has to do with lists of tensors does. */
  readonly isEager?: boolean | undefined;
  readonly run: (call: Call) => readonly Value[];
}

/** Operators by name; of another domain than ONNX's own as `domain:name`. */
export type Operators = Readonly<Record<string, Operator>>;

/** The name of a node's operator among them; Microsoft's are those of ONNX. */
export function nameOfOperator({ domain, operator }: GraphNode): string {
  return domain === "" || domain === "com.microsoft" ? operator : `${domain}:${operator}`;
}

/** The error for a node that is not as ONNX says. */
export function wrongNode({ node }: Call, what: string): SinterError {
  return new SinterError("format", `onnx: ${labelOf(node)}: ${what}. Check the file with onnx.checker.`, {
    operator: node.operator,
    node: node.name,
  });
}

/** A node for messages. */
export function labelOf(node: GraphNode): string {
  return node.name === "" ? node.operator : `${node.operator} "${node.name}"`;
}

/** A tensor among the inputs, if it is there. */
export function optionalInput(call: Call, index: number): TensorValue | undefined {
  const value = call.inputs[index];
  if (value === undefined || value.kind === "absent") return undefined;
  if (value.kind !== "tensor") throw wrongNode(call, `input ${index} is no tensor`);
  return value;
}

/** A tensor among the inputs. @throws format where it is missing */
export function input(call: Call, index: number): TensorValue {
  const value = optionalInput(call, index);
  if (value === undefined) throw wrongNode(call, `input ${index} is missing`);
  return value;
}

/** All inputs as tensors, at least one. @throws format */
export function tensorInputs(call: Call): TensorValue[] {
  input(call, 0);
  return call.inputs.map((_, index) => input(call, index));
}

/** Known numbers of an input. */
export function inputNumbers(call: Call, index: number): number[] {
  return Array.from(numbersOf(input(call, index)));
}

/** Known numbers of an input, if it is there. */
export function optionalNumbers(call: Call, index: number): number[] | undefined {
  const value = optionalInput(call, index);
  return value === undefined ? undefined : Array.from(numbersOf(value));
}

type AttributeOf<Kind extends Attribute["kind"]> = Extract<Attribute, { readonly kind: Kind }>;

function attribute<Kind extends Attribute["kind"]>(
  call: Call,
  name: string,
  kind: Kind,
): AttributeOf<Kind> | undefined {
  const found = call.node.attributes.get(name);
  if (found === undefined) return undefined;
  if (!isKind(found, kind)) throw wrongNode(call, `attribute ${name} is of another kind`);
  return found;
}

function isKind<Kind extends Attribute["kind"]>(found: Attribute, kind: Kind): found is AttributeOf<Kind> {
  return found.kind === kind;
}

/** A number of a node. @throws format where it is missing and has no default */
export function numberOf(call: Call, name: string, otherwise?: number): number {
  const value = attribute(call, name, "number")?.value ?? otherwise;
  if (value === undefined) throw wrongNode(call, `attribute ${name} is missing`);
  return value;
}

export function optionalNumber(call: Call, name: string): number | undefined {
  return attribute(call, name, "number")?.value;
}

export function numbersAttribute(call: Call, name: string): readonly number[] | undefined {
  return attribute(call, name, "numbers")?.value;
}

export function textOf(call: Call, name: string, otherwise: string): string {
  return attribute(call, name, "text")?.value ?? otherwise;
}

export function textsAttribute(call: Call, name: string): readonly string[] | undefined {
  return attribute(call, name, "texts")?.value;
}

export function tensorAttribute(call: Call, name: string): GraphTensor | undefined {
  return attribute(call, name, "tensor")?.value;
}

/** A graph of a node. @throws format where it is missing */
export function graphAttribute(call: Call, name: string): Graph {
  const graph = attribute(call, name, "graph")?.value;
  if (graph === undefined) throw wrongNode(call, `attribute ${name} is missing`);
  return graph;
}

/** Whether a flag is set. */
export function flag(call: Call, name: string, otherwise: 0 | 1 = 0): boolean {
  return numberOf(call, name, otherwise) !== 0;
}
