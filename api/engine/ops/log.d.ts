import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const logPrimitive: Primitive;
export declare function log(x: Node): Node;
