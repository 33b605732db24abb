import type { Shape } from "../../../engine/base/shape.js";
import type { Tensor } from "../../../engine/tensor/tensor.js";
import type { ElementType, GraphModel, HostValues } from "./graph.js";
import { type WalkContext } from "./walk.js";
export interface GraphWeight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly read: () => HostValues;
  readonly resident?: Tensor | undefined;
}
export interface StaticGraph {
  readonly weights: readonly GraphWeight[];
  apply(weights: readonly Tensor[], inputs: readonly Tensor[]): readonly Tensor[];
}
export declare function staticGraph(model: GraphModel, contextOf: (numInputs: number) => WalkContext): StaticGraph;
