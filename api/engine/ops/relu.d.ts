import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const reluPrimitive: Primitive;
export declare function relu(x: Node): Node;
