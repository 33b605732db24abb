import { type Graph, type Node, type TensorType } from "../graph/graph.js";
import type { Loop } from "../graph/loop.js";
import { type Primitive } from "../graph/primitive.js";
export declare const loopPrimitive: Primitive;
export declare function rowsOf({ dtype, shape }: TensorType, length: number): TensorType;
export declare function loopResult(
  inputs: readonly Node[],
  loop: Omit<Loop, "body" | "result">,
  body: Omit<Graph, "donations">,
  result: number,
): Node;
export declare function stackOf(inputs: readonly Node[], loop: Loop, value: Node): Node;
