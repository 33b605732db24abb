import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const sqrtPrimitive: Primitive;
export declare function sqrt(x: Node): Node;
