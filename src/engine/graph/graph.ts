// Nodes and graphs: a typed, immutable record of what is computed. No evaluation, no targets.

import type { DType } from "#engine/base/dtype.ts";
import { shapeText, type Shape } from "#engine/base/shape.ts";
import type { Primitive } from "#engine/graph/primitive.ts";

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Static options of a primitive, compared by value. */
export type AttributeValue =
  | number
  | string
  | boolean
  | undefined
  | Graph
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };
export type Attributes = { readonly [key: string]: AttributeValue };

export interface Node {
  readonly id: number;
  readonly primitive: Primitive;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly type: TensorType;
}

export interface Graph {
  /** Nodes of the primitive `parameter`, in the order of the arguments. */
  readonly parameters: readonly Node[];
  readonly outputs: readonly Node[];
  /** For each output the parameter whose memory it takes over, or -1. */
  readonly donations: readonly number[];
}

let numNodes = 0;

/** Whether an option is a graph. */
export function isGraph(value: AttributeValue): value is Graph {
  return typeof value === "object" && "parameters" in value && "outputs" in value && "donations" in value;
}

/** A node of a primitive over inputs, typed and checked. @throws the primitive's own errors */
export function apply(primitive: Primitive, inputs: readonly Node[], attributes: Attributes = {}): Node {
  const type = primitive.type(
    inputs.map((input) => input.type),
    attributes,
  );
  numNodes += 1;
  return { id: numNodes, primitive, inputs, attributes, type };
}

/** `f32 [2, 3]` */
export function typeText(type: TensorType): string {
  return `${type.dtype} ${shapeText(type.shape)}`;
}

/** All nodes below the outputs, inputs before users; a node that `isLeaf` holds for is included but not entered. */
export function sortNodes(outputs: readonly Node[], isLeaf: (node: Node) => boolean = () => false): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  for (const output of outputs) {
    const stack: { node: Node; next: number }[] = [{ node: output, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      if (top.next === 0 && seen.has(top.node)) {
        stack.pop();
        continue;
      }
      seen.add(top.node);
      const input = isLeaf(top.node) ? undefined : top.node.inputs[top.next];
      top.next += 1;
      if (input === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(input)) {
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}
