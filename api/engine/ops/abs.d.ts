import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const absPrimitive: Primitive;
export declare function abs(x: Node): Node;
