import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const randomBitsPrimitive: Primitive;
export declare function randomBits(
  key: Node,
  stream: Node,
  options: {
    readonly shape: readonly number[];
    readonly domain: number;
  },
): Node;
