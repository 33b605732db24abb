import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const concatenatePrimitive: Primitive;
export declare function concatenate(nodes: readonly Node[], axis: number): Node;
