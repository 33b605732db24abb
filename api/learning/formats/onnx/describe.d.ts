import { type Shape } from "../../../engine/base/shape.js";
import type { GraphModel } from "./graph.js";
import { type WalkContext } from "./walk.js";
export interface NodeFacts {
  readonly name: string;
  readonly operator: string;
  readonly shape: Shape | undefined;
  readonly numWeights: number;
  readonly flops: number | undefined;
}
export interface GraphDescription {
  readonly nodes: readonly NodeFacts[];
  readonly inputShapes: Readonly<Record<string, Shape>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly flops: number;
  readonly numUnknown: number;
}
export declare function describeGraph(model: GraphModel, context: WalkContext, inputShape?: Shape): GraphDescription;
