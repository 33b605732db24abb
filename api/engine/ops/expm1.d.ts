import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const expm1Primitive: Primitive;
export declare function expm1(x: Node): Node;
