import { type Node } from "../graph/graph.js";
import { type Primitive } from "../graph/primitive.js";
export declare const floorPrimitive: Primitive;
export declare function floor(x: Node): Node;
