import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const negatePrimitive: Primitive;
export declare function negate(x: Node): Node;
