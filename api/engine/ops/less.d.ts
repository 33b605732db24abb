import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const lessPrimitive: Primitive;
export declare function less(x: Node, y: Node): Node;
