import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const moduloPrimitive: Primitive;
export declare function modulo(x: Node, y: Node): Node;
