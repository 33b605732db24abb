import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const logicalAndPrimitive: Primitive;
export declare function logicalAnd(x: Node, y: Node): Node;
