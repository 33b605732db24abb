import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const argMaxPrimitive: Primitive;
export declare function argMax(x: Node, axes: number | readonly number[]): Node;
