import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export interface DotAxes {
  readonly leftContract: readonly number[];
  readonly rightContract: readonly number[];
  readonly leftBatch?: readonly number[];
  readonly rightBatch?: readonly number[];
}
export declare const dotPrimitive: Primitive;
export declare function dot(left: Node, right: Node, { leftBatch, rightBatch, ...contract }: DotAxes): Node;
