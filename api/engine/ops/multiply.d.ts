import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const multiplyPrimitive: Primitive;
export declare function multiply(x: Node, y: Node): Node;
