import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const logicalOrPrimitive: Primitive;
export declare function logicalOr(x: Node, y: Node): Node;
