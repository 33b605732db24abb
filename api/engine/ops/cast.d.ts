import { type DType } from "../base/dtype.js";
import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const castPrimitive: Primitive;
export declare function cast(x: Node, dtype: DType): Node;
