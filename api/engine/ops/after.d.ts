import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const afterPrimitive: Primitive;
export declare function after(x: Node, others: readonly Node[]): Node;
