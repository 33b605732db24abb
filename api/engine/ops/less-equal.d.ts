import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const lessEqualPrimitive: Primitive;
export declare function lessEqual(x: Node, y: Node): Node;
