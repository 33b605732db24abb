import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const bitwiseAndPrimitive: Primitive;
export declare function bitwiseAnd(x: Node, y: Node): Node;
