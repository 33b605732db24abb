import type { DType } from "../base/dtype.js";
import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const iotaPrimitive: Primitive;
export declare function iota(shape: readonly number[], axis: number, dtype: DType): Node;
