import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const broadcastToPrimitive: Primitive;
export declare const reduceSumPrimitive: Primitive;
export declare function broadcastTo(x: Node, shape: readonly number[]): Node;
export declare function reduceSum(x: Node, axes: readonly number[]): Node;
export declare function restoreAxes(x: Node, axes: readonly number[], shape: readonly number[]): Node;
