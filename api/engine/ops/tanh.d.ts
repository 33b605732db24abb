import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const tanhPrimitive: Primitive;
export declare function tanh(x: Node): Node;
