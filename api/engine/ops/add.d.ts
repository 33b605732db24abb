import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const addPrimitive: Primitive;
export declare function add(x: Node, y: Node): Node;
