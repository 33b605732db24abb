import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const powerPrimitive: Primitive;
export declare function power(x: Node, y: Node): Node;
