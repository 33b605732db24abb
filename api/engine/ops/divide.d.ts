import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const dividePrimitive: Primitive;
export declare function divide(x: Node, y: Node): Node;
