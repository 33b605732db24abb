import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const subtractPrimitive: Primitive;
export declare function subtract(x: Node, y: Node): Node;
