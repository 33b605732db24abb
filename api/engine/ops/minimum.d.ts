import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const minimumPrimitive: Primitive;
export declare function minimum(x: Node, y: Node): Node;
