import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const log1pPrimitive: Primitive;
export declare function log1p(x: Node): Node;
