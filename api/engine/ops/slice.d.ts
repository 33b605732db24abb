import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const slicePrimitive: Primitive;
export declare const padPrimitive: Primitive;
export declare function slice(
  x: Node,
  starts: readonly number[],
  ends: readonly number[],
  strides?: readonly number[],
): Node;
export declare function pad(
  x: Node,
  low: readonly number[],
  high: readonly number[],
  interior?: readonly number[],
  value?: number,
): Node;
