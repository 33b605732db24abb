import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const ceilPrimitive: Primitive;
export declare function ceil(x: Node): Node;
