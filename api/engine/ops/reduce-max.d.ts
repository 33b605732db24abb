import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const reduceMaxPrimitive: Primitive;
export declare const reduceMinPrimitive: Primitive;
export declare function reduceMax(x: Node, axes: readonly number[]): Node;
export declare function reduceMin(x: Node, axes: readonly number[]): Node;
