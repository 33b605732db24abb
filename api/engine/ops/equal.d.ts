import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const equalPrimitive: Primitive;
export declare function equal(x: Node, y: Node): Node;
