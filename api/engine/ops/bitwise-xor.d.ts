import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const bitwiseXorPrimitive: Primitive;
export declare function bitwiseXor(x: Node, y: Node): Node;
