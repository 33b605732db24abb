import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const shiftLeftPrimitive: Primitive;
export declare function shiftLeft(x: Node, y: Node): Node;
