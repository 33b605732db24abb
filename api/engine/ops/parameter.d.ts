import { type Node, type TensorType } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const parameterPrimitive: Primitive;
export declare function parameter(type: TensorType): Node;
