import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const transposePrimitive: Primitive;
export declare function transpose(x: Node, permutation: readonly number[]): Node;
export declare function invert(permutation: readonly number[]): number[];
