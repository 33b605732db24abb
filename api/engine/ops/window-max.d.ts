import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
import { type WindowOptions } from "./windows.js";
export declare const windowMaxPrimitive: Primitive;
export declare const windowArgmaxPrimitive: Primitive;
export declare const windowMaxGradientPrimitive: Primitive;
export declare const windowTakePrimitive: Primitive;
export declare function windowMax(x: Node, options: WindowOptions): Node;
export declare function windowArgmax(x: Node, options: WindowOptions): Node;
export declare function windowMaxGradient(
  argmax: Node,
  cotangent: Node,
  options: WindowOptions & {
    readonly spatial: readonly number[];
  },
): Node;
export declare function windowTake(argmax: Node, x: Node, options: WindowOptions): Node;
