import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const roundPrimitive: Primitive;
export declare function round(x: Node): Node;
