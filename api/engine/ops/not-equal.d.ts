import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const notEqualPrimitive: Primitive;
export declare function notEqual(x: Node, y: Node): Node;
