import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const selectPrimitive: Primitive;
export declare function select(condition: Node, x: Node, y: Node): Node;
