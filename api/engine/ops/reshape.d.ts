import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const reshapePrimitive: Primitive;
export declare function reshape(x: Node, shape: readonly number[]): Node;
