import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
import { type WindowOptions } from "./windows.js";
export declare const windowSumPrimitive: Primitive;
export declare const windowSumGradientPrimitive: Primitive;
export declare function windowSum(x: Node, options: WindowOptions): Node;
export declare function windowSumGradient(
  cotangent: Node,
  options: WindowOptions & {
    readonly spatial: readonly number[];
  },
): Node;
