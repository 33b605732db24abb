import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const floorDividePrimitive: Primitive;
export declare function floorDivide(x: Node, y: Node): Node;
