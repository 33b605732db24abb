import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const reversePrimitive: Primitive;
export declare function reverse(x: Node, axes: readonly number[]): Node;
