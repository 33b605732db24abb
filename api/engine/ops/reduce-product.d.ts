import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const reduceProductPrimitive: Primitive;
export declare function reduceProduct(x: Node, axes: readonly number[]): Node;
