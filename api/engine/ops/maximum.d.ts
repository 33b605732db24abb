import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const maximumPrimitive: Primitive;
export declare function maximum(x: Node, y: Node): Node;
