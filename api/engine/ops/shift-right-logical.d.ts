import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const shiftRightLogicalPrimitive: Primitive;
export declare function shiftRightLogical(x: Node, y: Node): Node;
