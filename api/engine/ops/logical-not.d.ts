import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const logicalNotPrimitive: Primitive;
export declare function logicalNot(x: Node): Node;
