import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const expPrimitive: Primitive;
export declare function exp(x: Node): Node;
