import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const identityPrimitive: Primitive;
export declare function identity(x: Node): Node;
