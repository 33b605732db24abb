import { type Shape } from "../../engine/base/shape.js";
import type { Tensor } from "../../engine/tensor/tensor.js";
import { type Layer, type LayerOptions } from "./layer.js";
export interface LambdaOptions extends LayerOptions {
  readonly function: (x: Tensor, ...others: readonly Tensor[]) => Tensor;
  readonly outputShape?: Shape | undefined;
}
export declare function lambda(options: LambdaOptions): Layer;
