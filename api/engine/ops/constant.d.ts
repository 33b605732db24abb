import { type Node, type TensorType } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const constantPrimitive: Primitive;
export declare function constant(value: number, type: TensorType): Node;
export declare function zerosLike(node: Node): Node;
export declare function onesLike(node: Node): Node;
export declare function constantValue(node: Node): number | undefined;
