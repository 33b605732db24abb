import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const signPrimitive: Primitive;
export declare function sign(x: Node): Node;
