import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const bitwiseOrPrimitive: Primitive;
export declare function bitwiseOr(x: Node, y: Node): Node;
