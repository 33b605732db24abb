import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const erfPrimitive: Primitive;
export declare function erf(x: Node): Node;
