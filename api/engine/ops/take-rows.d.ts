import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const takeRowsPrimitive: Primitive;
export declare const scatterAddRowsPrimitive: Primitive;
export declare function takeRows(table: Node, index: Node): Node;
export declare function scatterAddRows(base: Node, index: Node, updates: Node): Node;
