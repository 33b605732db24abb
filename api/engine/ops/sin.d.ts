import { type Node } from "../graph/graph.js";
import type { Primitive } from "../graph/primitive.js";
export declare const sinPrimitive: Primitive;
export declare const cosPrimitive: Primitive;
export declare function sin(x: Node): Node;
export declare function cos(x: Node): Node;
